"""Does a deep belief network trained on Ising lattices invent block-spin renormalization by itself?

The package is a set of rooms that exchange arrays and labelled Datasets: ``ising`` samples
lattices, ``learning`` trains networks, ``renormalization`` holds the block-spin references,
``analysis`` measures trained weights and ``figures`` draws. ``storage`` alone opens Zarr,
``cli`` joins one of each into a job, and ``workflow`` says where each result is, for the rules.

From Python: ``import isingdbn as idbn``, then ``idbn.sample``, ``idbn.twin``, ``idbn.fit``,
``idbn.finetune``, ``idbn.receptive_fields``, ``idbn.metrics`` and ``idbn.draw``; see
`isingdbn.interface`. Nothing is loaded before it is used.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "interface": [
            "Network",
            "Stack",
            "draw",
            "finetune",
            "fit",
            "metrics",
            "receptive_fields",
            "sample",
            "twin",
        ]
    },
)
