"""Verdicts from the tables on the command line."""

import json

import pandas as pd
import pytest

from isingdbn import storage
from isingdbn.analysis.claims import CLAIMS, LEARNING
from isingdbn.cli import main

POINT = {"recipe": "r", "data": "lattices", "temperature": 1 / 0.408}
ROWS = {
    "metrics": {"stage": "pretrained", "layer": 0, "metric": "lag_1", "median": 0.5, "living": 9},
    "training": {"layer": 0, "epochs": 40},
    "discrimination": {"machine_auc": 0.5, "physics_auc": 0.9},
    "finetuned_reconstruction_error": {"method": "autoencoder", "minus_pca": -0.01},
    "finetuning": {"last_cost": 0.7, "first_cost": 3.0},
    "peaks": {"quantity": "specific_heat", "peak_temperature": 2.29,
              "exact_peak_temperature": 2.289},
    "machine_couplings": {"nearest": 0.2, "next_nearest": 0.1, "ising_nearest": 0.408},
    "definitions": {"stage": "pretrained", "layer": 0, "definition": "product", "lag_1": 0.7},
    "lattice_couplings": {"nearest": 0.408, "next_nearest": 0.0},
    "block_couplings": {"map": "majority", "trained_on": "no net", "step": 1, "nearest": 0.3},
    "exponents": {"map": "majority", "trained_on": "no net", "exponent": "thermal", "step": 1,
                  "couplings": 7, "value": 0.9},
    "information": {"map": "majority", "trained_on": "no net", "step": 3, "r2_low_modes": 0.3,
                    "encoder": "block spins"},
    "emergence": {"stage": "pretrained", "layer": 0, "epoch": 1, "dead_by_weight": 0,
                  "revived_by_weight": 0},
    "code": {"encoder": "pca", "decoder": "quadratic", "r2_energy": 0.4},
    "machine_exponents": {"exponent": "thermal", "step": 1, "couplings": 7, "value": 0.3},
    "machine_samples": {"plaquette": 0.4, "held_out_plaquette": 0.4},
    "thermometer": {"slope_over_ising": 0.7},
    "fixed_points": {"start": "lattices", "machine": "trained", "fixed_points": 500},
    "flow": {"start": "random", "step": 0, "effective_temperature": 9.0},
}  # fmt: skip
OF_NO_NET = ("lattice_couplings", "peaks")
RULES = ("block_couplings", "exponents", "information")


@pytest.fixture
def tables(tmp_path):
    """Tables in which only the binary machine explodes, always in its second epoch."""
    for name, row in ROWS.items():
        rows = [
            {"net": net, "seed": seed, **POINT, **row}
            for net in ("SpinStack", "BinaryStack")
            for seed in range(5)
        ]
        table = pd.DataFrame(rows)
        if name in OF_NO_NET:
            table = table[table["net"] == "SpinStack"].drop(columns="net")
        if name == "peaks":
            table = table.drop(columns=["data", "temperature", "recipe"])
        if name in RULES:
            table = table[table["net"] == "SpinStack"].assign(net="Majority")
        if name == "training":
            table.loc[table["net"] == "BinaryStack", "epochs"] = 2
        path = tmp_path / f"{name}.csv"
        with storage.publish_file(path, {}) as temporary:
            table.to_csv(temporary, index=False)
    return [tmp_path / f"{name}.csv" for name in ROWS]


def words(tables, folder):
    outputs = ["--output", folder / "s.csv", "--comparisons", folder / "c.csv"]
    return [
        str(w) for w in ("scorecard", "--tables", *tables, *outputs, "--json", folder / "s.json")
    ]


def test_the_scorecard_has_a_row_a_claim_and_its_verdict(tables, tmp_path):
    assert main(words(tables, tmp_path)) == 0
    scorecard = pd.read_csv(tmp_path / "s.csv").set_index("claim")
    about = [claim for claim in CLAIMS if claim.is_about(["SpinStack", "BinaryStack", "Majority"])]
    assert list(scorecard.index) == [claim.id for claim in about]
    assert not {claim.id for claim in LEARNING} & set(scorecard.index)
    assert scorecard.loc["binary_explodes", "verdict"] == "supported"
    assert scorecard.loc["binary_explodes", "effect"] == pytest.approx(2 / 40)
    assert scorecard.loc["machine_is_ising", "verdict"] == "contradicted"
    assert scorecard.loc["paper_at_specific_heat", "verdict"] == "supported"
    assert scorecard.loc["paper_at_specific_heat", "rule_fixed"] == "after the data"
    assert scorecard.loc["binary_explodes", "rule_fixed"] == "before the data"
    assert scorecard.loc["critical_is_2.2976", "verdict"] == "contradicted"
    assert scorecard.loc["critical_is_2.2976", "effect"] == pytest.approx(2.2692, abs=0.002)
    decided = ["binary_explodes", "machine_is_ising", "paper_at_specific_heat"]
    others = scorecard.drop([*decided, "critical_is_2.2976"])
    assert set(others["verdict"]) == {"undecided"}
    assert others["missing"].str.startswith("not in this experiment").all()
    comparisons = pd.read_csv(tmp_path / "c.csv")
    assert len(comparisons) == sum(len(claim.comparisons) for claim in about)
    nested = json.loads((tmp_path / "s.json").read_text())
    assert [claim["claim"] for claim in nested] == list(scorecard.index)
    assert [len(claim["comparisons"]) for claim in nested] == list(scorecard["comparisons"])


def test_a_missing_table_leaves_its_claims_undecided_and_a_column_is_one_line(
    tables, tmp_path, capsys
):
    assert main(words(tables[1:], tmp_path)) == 0
    scorecard = pd.read_csv(tmp_path / "s.csv").set_index("claim")
    assert scorecard.loc["width_law", "missing"].endswith("table metrics")
    assert scorecard.loc["binary_explodes", "verdict"] == "supported"
    (tmp_path / "s.csv").unlink()
    with storage.publish_file(tables[0], {}) as temporary:
        temporary.write_text("net,seed\na,1\n")
    assert main(words(tables, tmp_path)) == 2
    assert "metrics.csv: has no column data" in capsys.readouterr().err
    assert not (tmp_path / "s.csv").exists()
