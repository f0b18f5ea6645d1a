"""The fine-tuned network as a ``.keras`` file that plain Keras loads, the same
bytes for the same weights.
"""

import json
import re
import zipfile
from pathlib import Path

import keras

from isingdbn.learning.autoencoder import Autoencoder

__all__ = ["save_keras"]


def save_keras(autoencoder: Autoencoder, path: Path) -> None:
    """Write ``autoencoder`` as a Keras model of Dense layers named encoder_0 …, decoder_0 …;
    ``path`` ends in ``.keras``.
    """
    layers = [
        (f"{part}_{index}", activation, weights.numpy(), bias.numpy())
        for part, activation, pairs in (
            ("encoder", "relu", autoencoder.encoder),
            ("decoder", "tanh", autoencoder.decoder),
        )
        for index, (weights, bias) in enumerate(pairs)
    ]
    model = keras.Sequential(
        [
            keras.layers.Input((layers[0][2].shape[0],), name="lattice"),
            *(keras.layers.Dense(len(b), activation=a, name=n) for n, a, _, b in layers),
        ],
        name="autoencoder",
    )
    for name, _, weights, bias in layers:
        model.get_layer(name).set_weights([weights, bias])
    model.save(path)
    _canonical(path)


def _canonical(path: Path) -> None:
    """Rewrite the archive without what differs from run to run: dates, and memory addresses
    in the place of object numbers.
    """
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    metadata = json.loads(members["metadata.json"])
    members["metadata.json"] = json.dumps(
        {**metadata, "date_saved": "1980-01-01@00:00:00"}
    ).encode()
    addresses: dict[bytes, int] = {}
    members["config.json"] = re.sub(
        rb'("shared_object_id": )(\d+)',
        lambda match: match[1] + str(addresses.setdefault(match[2], len(addresses))).encode(),
        members["config.json"],
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
