"""A plain PyTorch loop, as somebody writes it who knows PyTorch: tensors in float32,
nothing done twice, in place where it is easy; with matrix products in float32,
in bfloat16 by hand, or in what autocast makes of them.
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
Product = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


def in_bfloat16(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A matrix product of rounded operands, as float32."""
    return (a.bfloat16() @ b.bfloat16()).float()


def by_autocast(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """A matrix product as autocast does it, as float32."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return (a @ b).float()


PRODUCTS: dict[str, Product] = {
    "float32": torch.matmul,
    "bfloat16": in_bfloat16,
    "autocast": by_autocast,
}


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
    work: Work, data: torch.Tensor, clock: Clock, precision: str
) -> tuple[torch.Tensor, ...]:
    """CD-1 with momentum and a proximal L1 step; returns weights and biases."""
    visible_units, hidden_units = work.layers
    mean, draw = HIDDEN[work.machine]
    product = PRODUCTS[precision]

    def affine(bias: torch.Tensor, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        return torch.addmm(bias, a, b) if precision == "float32" else product(a, b).add_(bias)

    def add_product(total: torch.Tensor, a: torch.Tensor, b: torch.Tensor, factor: float) -> None:
        if precision == "float32":
            total.addmm_(a, b, alpha=factor)
        else:
            total.add_(product(a, b), alpha=factor)

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
            inputs = affine(c, v, weights)
            fantasy = VISIBLE[work.machine](affine(b, draw(inputs), weights.T))
            h, fantasy_h = mean(inputs), mean(affine(c, fantasy, weights))
            steps[0].mul_(MOMENTUM)
            add_product(steps[0], v.T, h, scale)
            add_product(steps[0], fantasy.T, fantasy_h, -scale)
            steps[1].mul_(MOMENTUM).add_((v - fantasy).sum(0), alpha=scale)
            steps[2].mul_(MOMENTUM).add_((h - fantasy_h).sum(0), alpha=scale)
            weights = softshrink(weights.add_(steps[0]), RATE * L1)
            b.add_(steps[1])
            c.add_(steps[2])
        clock.tick()
    return weights, b, c


class RoundedLinear(torch.nn.Linear):
    """A layer whose products have operands in bfloat16."""

    def forward(self, values: torch.Tensor) -> torch.Tensor:
        """Weights times values and bias."""
        return in_bfloat16(values, self.weight.T) + self.bias


def autoencoder(
    work: Work, data: torch.Tensor, clock: Clock, precision: str
) -> list[torch.nn.Linear]:
    """Adam with cosine decay on mean squared error and L1; returns the layers."""
    units = [*work.layers, *work.layers[-2::-1]]
    kind = RoundedLinear if precision == "bfloat16" else torch.nn.Linear
    layers = [kind(n, m) for n, m in pairwise(units)]
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
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "autocast"):
                output = net(v)
            mse_loss(output.float(), v).backward()
            # the penalty's gradient by hand: in the loss it would take a quarter of the epoch
            for layer in layers:
                layer.weight.grad.add_(layer.weight.detach().sign(), alpha=ADAM_L1)
            optimizer.step()
            schedule.step()
        clock.tick()
    return layers


def main(precision: str) -> None:
    """Train and report."""
    work = arguments()
    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    data, clock = torch.from_numpy(work.floats), Clock()
    if work.machine == "autoencoder":
        learnt = [
            (layer.weight.detach().numpy().T, layer.bias.detach().numpy())
            for layer in autoencoder(work, data, clock, precision)
        ]
    else:
        trained = contrastive_divergence(work, data, clock, precision)
        learnt = [parameter.numpy() for parameter in trained]
    report(work, version("torch"), clock, learnt)


if __name__ == "__main__":
    main("float32")
