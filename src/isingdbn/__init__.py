"""Does a deep belief network trained on Ising lattices invent block-spin renormalization by itself?

The package is a set of rooms that exchange arrays and labelled Datasets: ``ising`` samples
lattices, ``learning`` trains networks, ``renormalization`` holds the block-spin references,
``analysis`` measures trained weights and ``figures`` draws. ``storage`` alone opens Zarr,
``cli`` joins one of each into a job, and ``workflow`` says where each result is, for the rules.
"""

__version__ = "0.1.0"
