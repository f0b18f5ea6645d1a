"""Print the conda twin of requirements.lock:
`python envs/conda_twin.py > envs/environment.yaml` (`make lock` does it).
"""

import re
from pathlib import Path

LOCK = Path(__file__).with_name("requirements.lock")


def pins(lock: str) -> list[str]:
    """Every pinned requirement of a lock file, with its marker and without its hashes."""
    return [
        line.removesuffix(" \\").strip()
        for line in lock.splitlines()
        if re.match(r"[A-Za-z0-9_.\[\],-]+==", line)
    ]


def environment(lock: str) -> str:
    """The conda environment that installs the same versions."""
    head = [
        "# Made from requirements.lock by `make lock`; do not edit.",
        "name: isingdbn",
        "channels:",
        "  - conda-forge",
    ]
    head += ["dependencies:", "  - python=3.11", "  - pip", "  - pip:"]
    return "\n".join(head + [f'      - "{pin}"' for pin in pins(lock)]) + "\n"


if __name__ == "__main__":
    print(environment(LOCK.read_text()), end="")
