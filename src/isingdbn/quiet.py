"""What TensorFlow's libraries say of the machine is kept out of logs and off the terminal.

``TF_CPP_MIN_LOG_LEVEL`` does so for all but what they write while they are loaded: see
tensorflow/tensorflow, issue 100442. Errors come as exceptions all the same.
"""

import os
import sys
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any

__all__ = ["quieten"]

NAME = "tensorflow"
SILENT = "3"
ERROR_OUTPUT = 2  # its file descriptor, to which they write themselves


def quieten(environment: MutableMapping[str, str] = os.environ) -> None:
    """Have TensorFlow say nothing, whoever imports it later in this process, unless
    ``environment`` asks for its messages.
    """
    if environment.setdefault("TF_CPP_MIN_LOG_LEVEL", SILENT) == SILENT:
        sys.meta_path.insert(0, _Finder())


class _Finder:
    """Finds TensorFlow as Python does, and has it loaded in silence."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:  # noqa: ARG002
        """The module, if it is TensorFlow; once."""
        if name != NAME:
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_in_silence(module: ModuleType) -> None:
                with _silence():
                    load(module)

            spec.loader.exec_module = load_in_silence  # type: ignore[method-assign]
        return spec


@contextmanager
def _silence() -> Iterator[None]:
    """What is written to standard error in between is lost."""
    sys.stderr.flush()
    kept, nothing = os.dup(ERROR_OUTPUT), os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, ERROR_OUTPUT)
    os.close(nothing)
    try:
        yield
    finally:
        os.dup2(kept, ERROR_OUTPUT)
        os.close(kept)
