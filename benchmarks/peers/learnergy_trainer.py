"""learnergy (PyTorch): its own `fit`, an epoch a call, a short one first.

It has CD only, by automatic differentiation.
"""

from importlib.metadata import version

import torch
from learnergy.models.bernoulli import RBM
from learnergy.models.gaussian import GaussianRBM
from torch.utils.data import TensorDataset
from trainer import MINIBATCH, MOMENTUM, RATE, Clock, arguments, report

ALWAYS = (
    "a pseudo-likelihood at each step, which nothing turns off; samples are gathered one by one"
)
NOTES = {
    "gaussian": f"no L1; fantasy particles without noise; {ALWAYS}",
    "bernoulli": f"CD-1, as it has no persistent chains; {ALWAYS}",
}

if __name__ == "__main__":
    work = arguments()
    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    if work.machine == "gaussian":
        machine = GaussianRBM(*work.layers, learning_rate=RATE, momentum=MOMENTUM, normalize=False)
    else:
        machine = RBM(*work.layers, learning_rate=RATE)
    data = torch.from_numpy(work.floats)
    samples, few = (
        TensorDataset(data, data),
        TensorDataset(data[: 10 * MINIBATCH], data[: 10 * MINIBATCH]),
    )
    clock = Clock()
    for epoch in range(work.epochs):
        machine.fit(samples if epoch else few, batch_size=MINIBATCH, epochs=1)
        clock.tick()
    learnt = [parameter.detach().numpy() for parameter in (machine.W, machine.a, machine.b)]
    report(work, version("learnergy"), clock, learnt, NOTES[work.machine])
