"""What of a user's surroundings must not change a result: settings that libraries take
from the environment and from home.

Jobs run as ``python -I -X utf8 src``, which leaves out Python's own variables, the user's site
packages and the locale. What follows is for the libraries, before any of them is imported.
"""

import os
from collections.abc import MutableMapping

__all__ = ["settle"]

# Settings of libraries that change numbers, bytes or looks; their own files are in FIXED
# and in the modules that use them.
PREFIXES = ("BLIS_", "DNNL_", "GOTO_", "KERAS_", "MATPLOTLIB", "MKL_", "MPL", "NPY_", "NUMBA_",
            "NUMPY_", "NVPL_", "ONEDNN_", "OPENBLAS_", "TF_", "XLA_", "ZARR_")  # fmt: skip
FIXED = {
    "KERAS_BACKEND": "tensorflow",
    "KERAS_HOME": os.devnull,  # so no keras.json is read, nor written
    "MPLBACKEND": "agg",
    "NUMBA_DISABLE_JIT": "0",
    # The order in which NumPy's linear algebra adds depends on the number of threads.
    "OPENBLAS_NUM_THREADS": "1",
    # TensorFlow's other products, its own choice on processors without AVX-512,
    # depend on the number of threads.
    "TF_ENABLE_ONEDNN_OPTS": "1",
}
KEPT = (
    "MKL_NUM_THREADS",
    "MPLCONFIGDIR",
    "NUMBA_CACHE_DIR",
    "NUMBA_THREADING_LAYER",
    "TF_CPP_MIN_LOG_LEVEL",
)


def settle(environment: MutableMapping[str, str] = os.environ) -> None:
    """Take the settings of libraries out of ``environment``, and put
    in those that results rest on.
    """
    for name in [name for name in environment if name.startswith(PREFIXES) and name not in KEPT]:
        del environment[name]
    environment.update(FIXED)
