"""What an upper layer of a stack is trained on: the lattices, passed up
through the layers below it.
"""

from collections.abc import Sequence

import numpy as np
import tensorflow as tf

from isingdbn.learning import noise
from isingdbn.learning.dataset import Samples, Values
from isingdbn.learning.rbm import RBM
from isingdbn.learning.stack import StackLayer
from isingdbn.learning.units import Gaussian, units_of

__all__ = ["machine_of", "pass_up"]


def machine_of(layer: StackLayer) -> RBM:
    """The trained machine ``layer``, in single precision."""
    sigma = None if layer.sigma is None else tf.constant(layer.sigma, tf.float32)
    visible = units_of(layer.visible) if sigma is None else Gaussian(sigma)
    parameters = (
        tf.constant(part, tf.float32)
        for part in (layer.weights, layer.visible_bias, layer.hidden_bias)
    )
    return RBM(visible, units_of(layer.hidden), *parameters)


def pass_up(
    samples: Samples,
    layers: Sequence[StackLayer],
    sampled: Sequence[bool],
    keys: Sequence[np.ndarray],
) -> Values:
    """``samples`` (sample, unit) after all ``layers``: float32, or int8 where the states
    of the last one are ±1 or 0 and 1.

    Parameters
    ----------
    sampled : for each layer, whether it gives a draw of its hidden units or their means.
    keys : for each layer, two uint32 that name the random numbers of its draws;
        they do not depend on the layers above.
    """
    machines = [machine_of(layer) for layer in layers]
    small = sampled[-1] and layers[-1].hidden in ("spin", "bernoulli")
    block = 0

    def through(rows: np.ndarray) -> np.ndarray:
        nonlocal block
        values = tf.constant(rows, tf.float32)
        for rbm, draw, key in zip(machines, sampled, keys, strict=True):
            if draw:
                numbers = getattr(noise, rbm.hidden.noise)(
                    (len(rows), rbm.weights.shape[1]), key, block
                )
                values = rbm.sample_h_from_v(values, tf.constant(numbers))
            else:
                values = rbm.mean_h_from_v(values)
        block += 1
        return values.numpy().astype(np.int8) if small else values.numpy()

    return Values.made_from(samples, through)
