#!/bin/sh
# Make .venv from requirements.lock and install the package into it, unless it is there and matches.
set -eu
cd "$(dirname "$0")/.."

# What the environment was made from: the lock, the package's entry points, and this place (scripts in .venv hold its path).
wanted() { cat envs/requirements.lock pyproject.toml; pwd; }

if [ -x .venv/bin/isingdbn ] && [ -f .venv/made-from ] && wanted | cmp -s - .venv/made-from; then
    exit 0
fi

python=
for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3 python; do
    if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null; then
        python=$candidate
        break
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "setup: PYTHON=$PYTHON is not a Python 3.11 or 3.12 with venv" >&2
        exit 2
    fi
done
if [ -z "$python" ]; then
    echo "setup: no Python 3.11 or 3.12 with venv was found; install one of the two (on Debian with its -venv package), or set PYTHON=/path/to/it" >&2
    exit 2
fi

echo "setup: making .venv with $("$python" --version) and the packages of envs/requirements.lock; this takes one or two minutes"
rm -rf .venv
"$python" -m venv .venv
.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement envs/requirements.lock
.venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
wanted > .venv/made-from
