"""TensorFlow on this machine's processor."""

import tensorflow as tf

__all__ = ["use_threads"]


def use_threads(threads: int) -> None:
    """Let TensorFlow use ``threads`` processor threads and no accelerator;
    call it before any other TensorFlow operation.
    """
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(1)
