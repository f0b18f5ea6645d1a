"""Random streams by identity: what a stream is for decides its bits, never the order
or the number of draws elsewhere.

A stream is named by the user's seed and by everything that distinguishes its purpose
(its name, lattice shape, temperature, chain, layer). The identity is written as canonical JSON
and its SHA-256 becomes the ``spawn_key`` of a `numpy.random.SeedSequence`, so no two identities
share a stream and there is no arithmetic on seeds.
"""

import hashlib
import json

import numpy as np

__all__ = ["generator", "seed_sequence"]


def seed_sequence(
    seed: int, purpose: str, **identity: int | float | str | list[int]
) -> np.random.SeedSequence:
    """The seed sequence of one identity.

    Parameters
    ----------
    seed : the experiment's seed, an integer ≥ 0.
    purpose : what the stream is for, such as ``"wolff"`` or ``"pretrain"``.
    identity : everything else that distinguishes this stream; floats count by their shortest exact
        text, so 2 and 2.0 differ.

    Returns
    -------
    numpy.random.SeedSequence with entropy ``seed`` and a spawn key of eight 32-bit words.
    """
    name = json.dumps([purpose, identity], sort_keys=True, separators=(",", ":"))
    words = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype=">u4")
    return np.random.SeedSequence(seed, spawn_key=[int(word) for word in words])


def generator(
    seed: int, purpose: str, **identity: int | float | str | list[int]
) -> np.random.Generator:
    """A PCG64 generator on the stream of `seed_sequence` for the same arguments."""
    return np.random.Generator(np.random.PCG64(seed_sequence(seed, purpose, **identity)))
