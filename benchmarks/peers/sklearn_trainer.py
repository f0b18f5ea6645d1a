"""scikit-learn's BernoulliRBM: each timed epoch is one call of `fit`, with the drawing of new
initial weights in it; a short one first.
"""

from sklearn import __version__
from sklearn.neural_network import BernoulliRBM
from trainer import MINIBATCH, RATE, Clock, arguments, report

NOTE = (
    "minibatches in the order of the file; each epoch is a `fit` of its own,"
    " so the error is that of one epoch"
)

if __name__ == "__main__":
    work = arguments()
    machine = BernoulliRBM(
        work.layers[1], learning_rate=RATE, batch_size=MINIBATCH, n_iter=1, random_state=0
    )
    data, clock = work.floats, Clock()
    for epoch in range(work.epochs):
        machine.fit(data if epoch else data[: 10 * MINIBATCH])
        clock.tick()
    report(
        work,
        __version__,
        clock,
        (machine.components_.T, machine.intercept_visible_, machine.intercept_hidden_),
        NOTE,
    )
