"""What figures are not drawn of, and labels that are no formulas."""

from importlib import import_module

import numpy as np
import pandas as pd
import pytest

from isingdbn import storage
from tests.cli.commands import refused, run

POINT = {"net": "Mine", "recipe": "r", "data": "lattices", "temperature": 2.5, "seed": 0}
COLUMNS = {
    "table metrics": {"metric": "lag_1", "median": 0.5, "living": 9},
    "table emergence": {"epoch": 1, "participation_ratio": 9.0, "local_from_epoch": 1.0,
                        "dead_by_weight": 0, "dead_by_activity": 0, "units": 9,
                        **dict.fromkeys([f"below_{n}_percent" for n in (1, 3, 10, 30)], 0)},
    "table dead-neurons": {"dead_by_weight": 0, "dead_by_activity": 0, "units": 9},
}  # fmt: skip
OPTIONS = {
    "twins": {"table": "table metrics"},
    "fourier": {"table": "table metrics"},
    "dial": {"table": "table metrics"},
    "width-law": {"table": "table metrics"},
    "emergence": {"table": "table emergence", "dead": "table dead-neurons"},
    "onset": {"table": "table emergence", "sizes": "table metrics"},
    "more-twins": {"table": "table metrics"},
    "dial-160": {"table": "table emergence"},
}


@pytest.mark.parametrize("figure", OPTIONS)
def test_a_table_without_the_figure_s_nets_is_one_line(figure, tmp_path, capsys):
    words = ["figure", figure, "--output", tmp_path / "f.png"]
    for option, made_by in OPTIONS[figure].items():
        path = tmp_path / f"{option}.csv"
        row = {**POINT, "stage": "pretrained", "layer": 0, **COLUMNS[made_by]}
        with storage.publish_file(path, {}) as temporary:
            pd.DataFrame([row]).to_csv(temporary, index=False)
        words += [f"--{option}", path]
    options = import_module(f"isingdbn.figures.{figure.replace('-', '_')}").OPTIONS
    needed = options["table"].nets[0]
    said = refused(capsys, *words)
    assert f"has no rows of the net {needed}, which this figure shows; give a table of" in said
    assert not (tmp_path / "f.png").exists()


def test_a_label_is_no_formula(tmp_path):
    np.savez(tmp_path / "net.npz", W0=np.eye(16)[:, :4])
    stores = ["--fields", tmp_path / "fields.zarr", "--dead", tmp_path / "dead.zarr"]
    run(
        *("import-weights", "--weights", tmp_path / "net.npz", "--size", 4, "--temperature", 2.5),
        *("--weight-fraction", 0.1, "--activity-fraction", 0.01, "--percentile", 99, *stores),
    )
    run(
        *("figure", "receptive-fields", *stores, "--stage", "pretrained", "--colormap", "hot"),
        *("--label", r"$\bad$", "--output", tmp_path / "f.png"),
    )
    assert (tmp_path / "f.png").exists()
