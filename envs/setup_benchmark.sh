#!/bin/sh
# Make .benchmark: the peers of envs/benchmark.lock in .benchmark/venv, and our own C++ kernels
# in .benchmark/floor, unless they are there and match.
# A peer that cannot be installed leaves its reason in .benchmark/missing,
# which the benchmarks print.
set -eu
unset CDPATH
cd -P -- "$(dirname -- "$0")/.."
sh envs/setup.sh
exec 9>> .setup.lock
setup() { .venv/bin/python -I -X utf8 envs/setup.py "$@"; }
setup lock 9

# What .benchmark was made from: the lock, the kernels, this script, the interpreter and this place.
wanted() {
    cat envs/benchmark.lock envs/benchmark_torch.txt \
        benchmarks/peers/floor.cpp envs/setup_benchmark.sh
    .venv/bin/python --version
    pwd
}

if [ -f .benchmark/made-from ] && wanted | cmp -s - .benchmark/made-from &&
    .benchmark/venv/bin/python -I -c '' 2>/dev/null; then
    exit 0
fi

peers="ising-rs peapods pyalps pyising learnergy rbms scikit-learn"

# The part of the lock that is one peer, or all that is none.
peer() { awk -v name="$1" '/^[a-z]/ { on = index($0, name "==") == 1 } on' envs/benchmark.lock; }
others() {
    awk -v peers=" $peers " \
        '/^[a-z]/ { split($0, name, "=="); on = !index(peers, " " name[1] " ") } on' \
        envs/benchmark.lock
}
install() {
    setup pip .benchmark/venv/bin/python install --quiet --disable-pip-version-check --no-deps \
        --require-hashes --requirement "$1"
}
install_torch() {
    install envs/benchmark_torch.txt ||
        .venv/bin/uv pip install --quiet --python .benchmark/venv/bin/python --no-deps \
            --require-hashes --torch-backend cpu --requirement envs/benchmark_torch.txt
}
missing() {
    echo "$2" > ".benchmark/missing/$1"
    echo "setup_benchmark: $1 $2" >&2
}

echo "setup_benchmark: making .benchmark; this takes a minute or two"
rm -rf .benchmark/made-from .benchmark
.venv/bin/python -I -m venv .benchmark/venv
mkdir .benchmark/missing
others > .benchmark/others.txt
install .benchmark/others.txt
for name in $peers; do
    peer "$name" > ".benchmark/$name.txt"
    install ".benchmark/$name.txt" 2> ".benchmark/$name.log" ||
        missing "$name" \
            "could not be installed: $(grep '^ERROR' ".benchmark/$name.log" | tail -n 1)"
done
install_torch 2> .benchmark/torch.log ||
    missing torch \
        "could not be installed: $(grep -iE '^(ERROR|error| *[×╰])' .benchmark/torch.log |
            tail -n 1)"
if ! command -v "${CXX:-g++}" > .benchmark/floor.log; then
    missing floor "needs a C++ compiler: ${CXX:-g++} is not there (set CXX for another)"
elif ! LC_ALL=C "${CXX:-g++}" -std=c++17 -O3 -march=native -Wno-psabi \
    benchmarks/peers/floor.cpp -o .benchmark/floor 2> .benchmark/floor.log; then
    missing floor "could not be compiled: $(grep error .benchmark/floor.log | head -n 1)"
fi
wanted > .benchmark/made-from
