"""The package of this checkout, for all other rules; and whether a configuration can be read."""

import os
import site
import sys
from importlib.util import find_spec
from pathlib import Path

# The package of this checkout and no other, and nothing from PYTHONPATH: here, and in every job.
HERE = workflow.current_basedir.get_path_or_uri(secret_free=True)
ROOT = Path(HERE).resolve().parents[1]
SOURCE = (ROOT / "src").resolve()
if not SOURCE.is_dir():
    print(
        f"{HERE}: isingdbn runs from a checkout, whose sources its jobs call;"
        " clone it, and name its Snakefile by a path",
        file=sys.stderr,
    )
    sys.exit(2)
foreign = {
    os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path
}
foreign -= set(site.getsitepackages())
sys.path[:] = [str(SOURCE), *(path for path in sys.path if path not in foreign)]
missing = [
    name
    for name in ("lazy_loader", "numba", "numpy", "pydantic", "rich", "yaml")
    if find_spec(name) is None
]
if missing:
    print(
        f"{sys.prefix}: this environment has no {', '.join(missing)}; make one with `make setup`"
        " and activate it, or install envs/requirements.lock or envs/environment.yaml",
        file=sys.stderr,
    )
    sys.exit(2)

from isingdbn import config as experiment_config
from isingdbn.errors import InputError


def refuse_unreadable(file):
    """End in one line if Snakemake could not read a configuration, or reads something else."""
    try:
        experiment_config.refuse_what_is_read_otherwise(file)
    except InputError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_status)
