"""Settings of libraries that come from the user's environment."""

import os
import subprocess
import sys

import pytest

from isingdbn.surroundings import FIXED, settle


def test_settings_that_change_results_go_and_the_others_stay():
    environment = {
        "HOME": "/home/a",
        "KERAS_BACKEND": "jax",
        "KERAS_HOME": "/home/a/.keras",
        "MATPLOTLIBRC": "/home/a",
        "MPLBACKEND": "module://inline",
        "MPLCONFIGDIR": "/cache",
        "NUMBA_BOUNDSCHECK": "1",
        "NUMBA_CACHE_DIR": "/cache",
        "MKL_CBWR": "AVX2",
        "MKL_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_CORETYPE": "Haswell",
        "OPENBLAS_NUM_THREADS": "8",
        "NVPL_BLAS_DEBUG_CPU_TYPE": "1",
        "ONEDNN_DEFAULT_FPMATH_MODE": "BF16",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
        "XLA_FLAGS": "x",
        "ZARR_ARRAY__ORDER": "F",
    }
    settle(environment)
    kept = {
        "HOME": "/home/a",
        "MPLCONFIGDIR": "/cache",
        "NUMBA_CACHE_DIR": "/cache",
        "OMP_NUM_THREADS": "1",
    }
    kept["MKL_NUM_THREADS"] = "1"
    assert environment == {**kept, **FIXED}
    assert FIXED["KERAS_HOME"] == os.devnull
    assert FIXED["OPENBLAS_NUM_THREADS"] == "1"


@pytest.mark.parametrize(
    "first",
    ["from isingdbn.quiet import quieten; quieten()", "import isingdbn as idbn; idbn.fit"],
)
def test_tensorflow_says_nothing_and_python_still_does(first):
    program = (
        f"import sys; {first}; import tensorflow as tf;"
        " tf.config.set_visible_devices([], 'GPU'); tf.constant(1) + 1;"
        " print('a line', file=sys.stderr)"
    )
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stderr == "a line\n"
