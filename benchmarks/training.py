"""Time training epochs beside the machine's own matrix product: `python benchmarks/training.py [THREADS]`."""

import os
import resource
import statistics
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import itertools

import numpy as np
import tensorflow as tf

from isingdbn.learning.augmentation import random_symmetry
from isingdbn.learning.autoencoder import Autoencoder, Finetuner, random_layers
from isingdbn.learning.contrastive_divergence import ContrastiveDivergence
from isingdbn.learning.dataset import PackedLattices
from isingdbn.learning.runtime import use_threads
from isingdbn.learning.training import Trainer, Training
from isingdbn.parameters.finetuning import Finetuning
from isingdbn.parameters.pretraining import Pretraining

SAMPLES, PIXELS, BATCH, EPOCHS = 18_000, 1600, 100, 5
NETS = {"SmallNet": (1600, 100, 25), "LargeNet": (1600, 400, 100, 25)}


def matrix_product_rate() -> float:
    """GFLOP/s of a 2000 × 2000 float32 product."""
    matrix = tf.random.stateless_normal((2000, 2000), (0, 0))
    product = tf.function(lambda: tf.linalg.matmul(matrix, matrix))
    product()
    times = []
    for _ in range(10):
        start = time.perf_counter()
        product()
        times.append(time.perf_counter() - start)
    return 2 * 2000**3 / statistics.median(times) / 1e9


def epoch_seconds(trainer: Trainer, rng: np.random.Generator) -> float:
    """Median seconds an epoch, the first left out (it traces the graph)."""
    times = [time.perf_counter()]
    Training(trainer, rng, EPOCHS).run([lambda _: times.append(time.perf_counter())])
    return statistics.median(np.diff(times)[1:])


def main(threads: int) -> None:
    """Print seconds an epoch, GFLOP/s of its matrix products, and their share of the rate of a large product."""
    use_threads(threads)
    rng = np.random.default_rng(0)
    lattices = rng.choice(np.array([-1, 1], np.int8), (SAMPLES, 40, 40))
    peak = matrix_product_rate()
    print(f"{threads} thread(s); a 2000×2000 float32 product: {peak:.0f} GFLOP/s; {SAMPLES} lattices, minibatch {BATCH}")
    packed = PackedLattices.pack(lattices)
    pretraining = Pretraining(
        visible="gaussian",
        hidden="bernoulli",
        epochs=EPOCHS,
        learning_rate=0.01,
        momentum=0.5,
        minibatch=BATCH,
        l1=5e-4,
        initial_scale=0.01,
    )
    finetuning = Finetuning(epochs=EPOCHS, learning_rate=1e-3, minibatch=BATCH, l1=5e-4, l1_scale="per_sample", augment=True)
    for hidden in (100, 400):
        seconds = epoch_seconds(ContrastiveDivergence(packed.flat(), hidden, pretraining, rng), rng)
        report(f"CD-1, 1600 × {hidden}", seconds, 5 * 2 * PIXELS * hidden * SAMPLES, peak)
    for name, units in NETS.items():
        trainer = Finetuner(Autoencoder(*random_layers(units, rng)), packed, packed.take(np.arange(BATCH)), finetuning)
        multiplications = 6 * sum(n * m for n, m in itertools.pairwise(units)) - units[0] * units[1]  # none for the lattice itself
        report(f"autoencoder {name}", epoch_seconds(trainer, rng), 2 * multiplications * SAMPLES, peak)
    start = time.perf_counter()
    random_symmetry(lattices, rng)
    print(f"{'of which random symmetries':28}{time.perf_counter() - start:7.2f} s an epoch")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")


def report(name: str, seconds: float, flop: float, peak: float) -> None:
    """Print one line."""
    rate = flop / seconds / 1e9
    print(f"{name:28}{seconds:7.2f} s an epoch {rate:6.0f} GFLOP/s {100 * rate / peak:5.0f} % of the product", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
