#!/bin/sh
# Snakemake runs this in the repository after it has made the conda environment: the package itself, editable.
set -eu
python -m pip install --no-deps --no-build-isolation --editable .
