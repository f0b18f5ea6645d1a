#!/bin/sh
# Make .benchmark: the peers of envs/benchmark.lock in .benchmark/venv, and our own C++ kernels in .benchmark/floor, unless they are there
# and match. A peer that cannot be installed leaves its reason in .benchmark/missing, which the benchmark prints.
set -eu
cd "$(dirname "$0")/.."
sh envs/setup.sh

# What .benchmark was made from: the lock, the kernels, this script, the interpreter and this place.
wanted() { cat envs/benchmark.lock benchmarks/peers/floor.cpp envs/setup_benchmark.sh; .venv/bin/python --version; pwd; }

if [ -f .benchmark/made-from ] && wanted | cmp -s - .benchmark/made-from; then
    exit 0
fi

# The part of the lock that is one peer, or all that is none.
peer() { awk -v name="$1" '/^[a-z]/ { on = index($0, name "==") == 1 } on' envs/benchmark.lock; }
others() { awk '/^[a-z]/ { on = $0 !~ /^(ising-rs|peapods|pyalps|pyising)==/ } on' envs/benchmark.lock; }
install() { .benchmark/venv/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes --requirement "$1"; }
missing() {
    echo "$2" > ".benchmark/missing/$1"
    echo "setup_benchmark: $1 $2" >&2
}

echo "setup_benchmark: making .benchmark; this takes about a minute"
rm -rf .benchmark
.venv/bin/python -m venv .benchmark/venv
mkdir .benchmark/missing
others > .benchmark/others.txt
install .benchmark/others.txt
for name in ising-rs peapods pyalps pyising; do
    peer "$name" > ".benchmark/$name.txt"
    install ".benchmark/$name.txt" 2> ".benchmark/$name.log" ||
        missing "$name" "could not be installed: $(grep '^ERROR' ".benchmark/$name.log" | tail -n 1)"
done
if ! command -v "${CXX:-g++}" > .benchmark/floor.log; then
    missing floor "needs a C++ compiler: ${CXX:-g++} is not there (set CXX for another)"
elif ! "${CXX:-g++}" -std=c++17 -O3 -march=native -Wno-psabi benchmarks/peers/floor.cpp -o .benchmark/floor 2> .benchmark/floor.log; then
    missing floor "could not be compiled: $(grep error .benchmark/floor.log | head -n 1)"
fi
wanted > .benchmark/made-from
