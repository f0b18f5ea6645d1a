#!/bin/sh
# Make .venv from requirements.lock and install the package into it, unless it is there and matches:
# setup.py does it, and this finds a Python for it. With -I, PYTHONPATH and the like do not count.
set -eu
unset CDPATH
cd -P -- "$(dirname -- "$0")/.."

if [ -z "${PYTHON:-}" ] && .venv/bin/python -I -X utf8 envs/setup.py check 2>/dev/null; then
    exit 0
fi

for candidate in ${PYTHON:+"$PYTHON"} python3.11 python3.12 python3 python; do
    if python=$("$candidate" -I -c 'import ensurepip, sys, venv
print(sys._base_executable)
sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null); then
        exec "$python" -I -X utf8 envs/setup.py
    fi
    if [ "$candidate" = "${PYTHON:-}" ]; then
        echo "setup: PYTHON=$PYTHON is not a Python 3.11 or 3.12 with venv" >&2
        exit 2
    fi
done
echo "setup: no Python 3.11 or 3.12 with venv was found; install one of the two" \
    "(on Debian with its -venv package), or set PYTHON=/path/to/it" >&2
exit 2
