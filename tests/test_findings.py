"""Tables of the page of evidence, from made-up ones."""

import pandas as pd
import pytest
from docs import make_findings, make_learning, make_twins
from docs.make_findings import MS, PAPER, SMOOTHNESS, smoothness_table, verdict_table

from isingdbn.analysis.claims import CLAIMS
from isingdbn.analysis.scorecard import judge
from isingdbn.analysis.two_point import MEASURES
from isingdbn.cli.csv_files import parse

METHODS = ("zero_output", "pca", "stack", "autoencoder")


def test_the_table_of_smoothness_has_lattices_the_net_pca_and_the_stack():
    """Every number names its temperature (tens), measure (units), method (tenths) and seed."""
    rows = [
        {"net": net, "data": data, "temperature": temperature, "seed": seed, "method": method}
        | {
            f"{name}{suffix}": (net == "SmallNet" and data == "lattices")
            * (10 * t + m + (n + 1 if suffix == "" else 0) / 10 + (seed - 1) / 1000)
            for m, name in enumerate(MEASURES, 1)
            for suffix in ("", "_of_lattices")
        }
        for net, data in (("SmallNet", "lattices"), ("SmallNet", "twin"), ("Deep", "lattices"))
        for t, temperature in enumerate((PAPER, MS))
        for seed in range(3)
        for n, method in enumerate(METHODS)
    ]
    assert list(SMOOTHNESS) == list(MEASURES)
    head, _, *body = smoothness_table(pd.DataFrame(rows).sample(frac=1, random_state=1))
    cells = [line.replace("\\|", "").strip("| ").split(" | ") for line in (head, *body)]
    assert {len(line) for line in cells} == {2 + len(MEASURES)}
    names = ["lattices", "SmallNet", "PCA-25", "its stack"]
    assert [line[:2] for line in cells[1:]] == [[t, n] for t in ("2.2976", "2.451") for n in names]
    tenths = [0, 4, 2, 3]
    for number, line in enumerate(cells[1:]):
        for m, cell in enumerate(line[2:], 1):
            mean, interval = cell.split(" ", 1)
            assert float(mean) == 10 * (number // 4) + m + tenths[number % 4] / 10
            assert interval.startswith("[")


def test_a_measure_that_a_method_has_not_is_said_to_be_none():
    row = {"net": "SmallNet", "data": "lattices", "seed": 0} | dict.fromkeys(MEASURES, 0.5)
    rows = [
        row | {f"{name}_of_lattices": 0.25 for name in MEASURES}
        | {"temperature": temperature, "method": method}
        | ({"lag_1": float("nan")} if method == "stack" else {})
        for temperature in (PAPER, MS)
        for method in METHODS
    ]  # fmt: skip
    *_, stack = smoothness_table(pd.DataFrame(rows))
    assert stack.startswith("| 2.451 | its stack | none | 0.5 |")


def test_the_table_of_verdicts_is_made_of_a_scorecard_that_was_written(tmp_path):
    """Its cells without a word, of claims that are not about fields, are no numbers."""
    scorecard, _ = judge(CLAIMS, {})
    scorecard.to_csv(tmp_path / "scorecard.csv", index=False)
    head, _, *lines = verdict_table(parse(tmp_path / "scorecard.csv"))
    assert len(lines) == len(CLAIMS)
    assert {line.count(" | ") for line in lines} == {head.count(" | ")}
    assert any(line.endswith("| not measured / not measured |") for line in lines)


@pytest.mark.parametrize("page", [make_findings, make_learning, make_twins])
def test_the_words_of_an_answer_rest_on_the_verdict_of_each_number_in_them(page):
    missing = {claim for claim, _ in page.NUMBERS.values()} - page.RESTS_ON.keys()
    assert not missing
    comparisons = {claim.id: {each.label for each in claim.comparisons} for claim in CLAIMS}
    for claim, label in page.NUMBERS.values():
        assert label in comparisons[claim]
