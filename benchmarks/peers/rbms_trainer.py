"""rbms (PyTorch): its own `train`, with persistent chains, as many as a minibatch.

Its epochs are timed by its own checkpoints.
"""

import tempfile
from importlib.metadata import version
from pathlib import Path

import h5py
import numpy as np
import torch
from rbms.dataset.dataset_class import RBMDataset
from rbms.training.pcd import train
from trainer import MINIBATCH, RATE, Clock, Work, arguments, report

NOTE = "a minibatch is drawn anew at each step; writes its learning rate to a file at each step"


def dataset(values: np.ndarray) -> RBMDataset:
    """Samples with equal weights."""
    ones, names = np.ones(len(values)), np.arange(len(values))
    return RBMDataset(values, -ones, ones, names, "lattices", is_binary=True, device="cpu")


def checkpoints(work: Work) -> np.ndarray:
    """Updates after which an epoch ends, the first a short one; update 1 is the initial machine."""
    return 11 + np.arange(work.epochs) * work.steps


def settings(work: Work, file: Path) -> dict:
    """The arguments of `train`."""
    machine = {
        "num_hiddens": work.layers[1],
        "gibbs_steps": 1,
        "beta": 1.0,
        "no_center": True,
        "L1": 0.0,
        "L2": 0.0,
    }
    training = {
        "batch_size": MINIBATCH,
        "num_chains": MINIBATCH,
        "learning_rate": RATE,
        "training_type": "pcd",
    }
    place = {
        "filename": str(file),
        "overwrite": True,
        "restore": False,
        "log": False,
        "device": "cpu",
        "dtype": torch.float32,
    }
    return (
        machine
        | training
        | place
        | {
            "num_updates": int(checkpoints(work)[-1]),
            "seed": 0,
            "train_size": 1.0,
            "test_size": 0.0,
        }
    )


if __name__ == "__main__":
    work = arguments()
    torch.set_num_threads(work.threads)
    torch.manual_seed(0)
    samples, clock = dataset(work.floats), Clock()
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "machine.h5"
        train(samples, samples, "BBRBM", settings(work, file), torch.float32, checkpoints(work))
        with h5py.File(file) as saved:
            clock.marks = [
                0.0,
                *(float(saved[f"update_{step}/time"][()]) for step in checkpoints(work)),
            ]
            parameters = saved[f"update_{checkpoints(work)[-1]}/params"]
            learnt = [parameters[name][()] for name in ("weight_matrix", "vbias", "hbias")]
    report(work, version("rbms"), clock, learnt, NOTE)
