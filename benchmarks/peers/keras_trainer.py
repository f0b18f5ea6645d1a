"""Plain Keras on TensorFlow: `fit` with a `train_step` of Keras operations for the machine,
and `compile` and `fit` for the autoencoder.
"""

import os

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import keras
import tensorflow as tf
from keras import ops
from trainer import (
    ADAM_L1,
    ADAM_RATE,
    INITIAL_SCALE,
    L1,
    MINIBATCH,
    MOMENTUM,
    RATE,
    Clock,
    Work,
    arguments,
    report,
)


class GaussianMachine(keras.Model):
    """Gaussian visible units (σ = 1) and Bernoulli hidden units, trained by CD-1
    with momentum and a proximal L1 step.
    """

    def __init__(self, visible_units: int, hidden_units: int) -> None:
        super().__init__()
        small = keras.initializers.RandomNormal(stddev=INITIAL_SCALE)
        self.w = self.add_weight(shape=(visible_units, hidden_units), initializer=small)
        self.b = self.add_weight(shape=(visible_units,), initializer="zeros")
        self.c = self.add_weight(shape=(hidden_units,), initializer="zeros")
        self.momenta = [
            self.add_weight(shape=p.shape, initializer="zeros", trainable=False)
            for p in (self.w, self.b, self.c)
        ]
        self.seed = keras.random.SeedGenerator(0)

    def mean_h(self, v: tf.Tensor) -> tf.Tensor:
        """⟨h | v⟩."""
        return ops.sigmoid(ops.matmul(v, self.w) + self.c)

    def train_step(self, v: tf.Tensor) -> dict[str, tf.Tensor]:
        """One gradient step."""
        h = self.mean_h(v)
        drawn = ops.cast(keras.random.uniform(ops.shape(h), seed=self.seed) < h, "float32")
        mean = ops.matmul(drawn, ops.transpose(self.w)) + self.b
        fantasy = mean + keras.random.normal(ops.shape(v), seed=self.seed)
        fantasy_h = self.mean_h(fantasy)
        gradients = (
            (ops.matmul(ops.transpose(v), h) - ops.matmul(ops.transpose(fantasy), fantasy_h))
            / MINIBATCH,
            ops.mean(v - fantasy, axis=0),
            ops.mean(h - fantasy_h, axis=0),
        )
        for parameter, momentum, gradient in zip(
            (self.w, self.b, self.c), self.momenta, gradients, strict=True
        ):
            momentum.assign(MOMENTUM * momentum + RATE * gradient)
            parameter.assign_add(momentum)
        self.w.assign(ops.soft_shrink(self.w, RATE * L1))
        return {"error": ops.mean(ops.square(mean - v))}


def autoencoder(work: Work) -> keras.Model:
    """The deep autoencoder, compiled."""
    units = [*work.layers, *work.layers[-2::-1]]
    layers = [
        keras.layers.Dense(
            m,
            activation="relu" if depth < len(work.layers) - 1 else "tanh",
            kernel_regularizer=keras.regularizers.L1(ADAM_L1),
        )
        for depth, m in enumerate(units[1:])
    ]
    net = keras.Sequential([keras.Input((units[0],)), *layers])
    schedule = keras.optimizers.schedules.CosineDecay(ADAM_RATE, work.epochs * work.steps)
    net.compile(optimizer=keras.optimizers.Adam(schedule), loss="mse")
    return net


def main() -> None:
    """Train and report."""
    work = arguments()
    tf.config.threading.set_intra_op_parallelism_threads(work.threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    data, clock = work.floats, Clock()
    ticks = keras.callbacks.LambdaCallback(on_epoch_end=clock.tick)
    settings = {"batch_size": MINIBATCH, "epochs": work.epochs, "verbose": 0, "callbacks": [ticks]}
    if work.machine == "autoencoder":
        net = autoencoder(work)
        net.fit(data, data, **settings)
        learnt = [layer.get_weights() for layer in net.layers]
    else:
        machine = GaussianMachine(*work.layers)
        machine.compile()
        machine.fit(data, **settings)
        learnt = [parameter.numpy() for parameter in (machine.w, machine.b, machine.c)]
    report(work, keras.__version__, clock, learnt)


if __name__ == "__main__":
    main()
