"""A plain PyTorch loop, as somebody writes it who knows PyTorch: tensors in float32,
nothing done twice, in place where it is easy.
"""

from collections.abc import Callable
from importlib.metadata import version
from itertools import pairwise

import torch
from torch.nn.functional import mse_loss, softshrink
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

Function = Callable[[torch.Tensor], torch.Tensor]


def states(mean: torch.Tensor) -> torch.Tensor:
    """Draws in {0, 1} with the given means; `torch.bernoulli` takes twice as long."""
    return torch.rand_like(mean).lt_(mean)


def spins(inputs: torch.Tensor) -> torch.Tensor:
    """Draws in {-1, +1} for the given inputs."""
    return states(torch.sigmoid(2 * inputs)).mul_(2).sub_(1)


HIDDEN: dict[str, tuple[Function, Function]] = {  # mean and draw, given the inputs
    "gaussian": (torch.sigmoid, lambda inputs: states(torch.sigmoid(inputs))),
    "spin": (torch.tanh, spins),
}
VISIBLE: dict[str, Function] = {
    "gaussian": lambda inputs: inputs + torch.randn_like(inputs),
    "spin": spins,
}


@torch.no_grad()
def contrastive_divergence(
    work: Work, data: torch.Tensor, clock: Clock
) -> tuple[torch.Tensor, ...]:
    """CD-1 with momentum and a proximal L1 step; returns weights and biases."""
    visible_units, hidden_units = work.layers
    mean, draw = HIDDEN[work.machine]
    weights, b, c = (
        INITIAL_SCALE * torch.randn(visible_units, hidden_units),
        torch.zeros(visible_units),
        torch.zeros(hidden_units),
    )
    steps = [torch.zeros_like(parameter) for parameter in (weights, b, c)]
    scale = RATE / MINIBATCH
    for _ in range(work.epochs):
        for index in torch.randperm(len(data)).split(MINIBATCH):
            v = data[index]
            inputs = torch.addmm(c, v, weights)
            fantasy = VISIBLE[work.machine](torch.addmm(b, draw(inputs), weights.T))
            h, fantasy_h = mean(inputs), mean(torch.addmm(c, fantasy, weights))
            steps[0].mul_(MOMENTUM).addmm_(v.T, h, alpha=scale).addmm_(
                fantasy.T, fantasy_h, alpha=-scale
            )
            steps[1].mul_(MOMENTUM).add_((v - fantasy).sum(0), alpha=scale)
            steps[2].mul_(MOMENTUM).add_((h - fantasy_h).sum(0), alpha=scale)
            weights = softshrink(weights.add_(steps[0]), RATE * L1)
            b.add_(steps[1])
            c.add_(steps[2])
        clock.tick()
    return weights, b, c


def autoencoder(work: Work, data: torch.Tensor, clock: Clock) -> list[torch.nn.Linear]:
    """Adam with cosine decay on mean squared error and L1; returns the layers."""
    units = [*work.layers, *work.layers[-2::-1]]
    layers = [torch.nn.Linear(n, m) for n, m in pairwise(units)]
    for layer in layers:
        torch.nn.init.xavier_uniform_(layer.weight)
        torch.nn.init.zeros_(layer.bias)
    depth = len(layers) // 2
    functions = [torch.nn.ReLU() for _ in range(depth)] + [torch.nn.Tanh() for _ in range(depth)]
    net = torch.nn.Sequential(
        *[part for pair in zip(layers, functions, strict=True) for part in pair]
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=ADAM_RATE, fused=True)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, work.epochs * work.steps)
    for _ in range(work.epochs):
        for index in torch.randperm(len(data)).split(MINIBATCH):
            v = data[index]
            optimizer.zero_grad()
            mse_loss(net(v), v).backward()
            # the penalty's gradient by hand: in the loss it would take a quarter of the epoch
            for layer in layers:
                layer.weight.grad.add_(layer.weight.detach().sign(), alpha=ADAM_L1)
            optimizer.step()
            schedule.step()
        clock.tick()
    return layers


def main() -> None:
    """Train and report."""
    work = arguments()
    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    data, clock = torch.from_numpy(work.floats), Clock()
    if work.machine == "autoencoder":
        learnt = [
            (layer.weight.detach().numpy().T, layer.bias.detach().numpy())
            for layer in autoencoder(work, data, clock)
        ]
    else:
        learnt = [parameter.numpy() for parameter in contrastive_divergence(work, data, clock)]
    report(work, version("torch"), clock, learnt)


if __name__ == "__main__":
    main()
