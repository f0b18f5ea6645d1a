"""TensorFlow takes its number of threads once a process: the tests' is that of the jobs."""

from isingdbn.learning.runtime import use_threads

use_threads(1)
