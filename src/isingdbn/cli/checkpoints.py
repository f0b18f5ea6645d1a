"""Where a training job keeps its checkpoint: beside its output, under the digest of all
that determines the result.
"""

import hashlib
import json
from importlib.metadata import version
from pathlib import Path

from isingdbn import storage
from isingdbn.learning.callbacks import Checkpoint
from isingdbn.sources import code_digest

__all__ = ["checkpoint_of"]


def checkpoint_of(output: Path, module: str, parameters: dict, inputs: list[Path]) -> Checkpoint:
    """The checkpoint of the job that makes ``output`` with these
    ``parameters`` from these ``inputs``.

    Its name is the digest of the parameters, the contents of the inputs, the sources of the command
    ``module`` and the versions of NumPy and TensorFlow: a change of any starts anew.
    """
    versions = [version("numpy"), version("tensorflow")]
    identity = [
        output.name,
        parameters,
        [storage.digest(path) for path in inputs],
        code_digest(module),
        versions,
    ]
    key = hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
    return Checkpoint(output.parent / ".checkpoints" / f"{key}.npz", key)
