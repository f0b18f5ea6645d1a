"""Some tests can be made longer: `make test-faults` does, by ISINGDBN_AT_LENGTH=1."""

import os

__all__ = ["length"]


def length(short, long):
    """``short`` in `make test`, ``long`` in `make test-faults`."""
    return long if os.environ.get("ISINGDBN_AT_LENGTH") == "1" else short
