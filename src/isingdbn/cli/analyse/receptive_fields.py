"""``isingdbn analyse receptive-fields``: Ŵ_i = W_0 … W_i of every layer,
before and after fine-tuning.
"""

import argparse

import numpy as np
import xarray as xr

from isingdbn import storage
from isingdbn.analysis.receptive_fields import receptive_fields
from isingdbn.cli.trained import load_trained, measurement_attributes, trained_parser

__all__ = ["parser", "run"]


def parser() -> argparse.ArgumentParser:
    """The options of the command."""
    return trained_parser("receptive-fields", __doc__)


def run(arguments: argparse.Namespace) -> None:
    """Measure and store."""
    storage.refuse_existing(arguments.output)
    storage.save(_measured(arguments), arguments.output)


def _measured(arguments: argparse.Namespace) -> xr.Dataset:
    trained = load_trained(arguments)
    stages = {"pretrained": [layer.input_weights for layer in trained.stack]}
    if trained.network is not None:
        stages["finetuned"] = [weights for weights, _ in trained.network.encoder]
    shape = (trained.attributes["height"], trained.attributes["width"])
    variables = {
        f"{stage}_{k}": (
            (f"unit_{k}", "y", "x"),
            fields.astype(np.float32),
            {"long_name": f"receptive field of layer {k}", "units": "1"},
        )
        for stage, weights in stages.items()
        for k, fields in enumerate(receptive_fields(weights, shape))
    }
    attributes = measurement_attributes(__name__, "receptive_fields", trained, {}, [])
    return xr.Dataset(variables, attrs={**attributes, "diverged": trained.diverged})
