"""Write docs/twins.md from the tables of a finished third study, config/study_twins.yaml, and copy
its figures and small tables beside it: `make twins`.
"""

from collections.abc import Iterator

import numpy as np
import pandas as pd
from docs.further_study import FurtherStudy, Section
from docs.make_findings import (
    block_table,
    chosen,
    effects,
    exponent_table,
    flow_table,
    information_table,
    interval,
    rest_table,
    rows,
    shown,
    thermal,
)
from docs.make_learning import kurtosis_table

from isingdbn.analysis.claims import TWINS
from isingdbn.analysis.statistics import mean_within
from isingdbn.parameters.data import data_label
from isingdbn.parameters.temperature import NAMED_TEMPERATURES

PAPER = NAMED_TEMPERATURES["paper"]
TWIN = "thresholded_gaussian"
LAYERS = range(3)


def ratio(values: pd.Series, controls: pd.Series) -> str:
    """The geometric mean of the ratio over seeds, with Student's 95 % interval."""
    pairs = pd.concat([values, controls], axis=1, keys=["value", "control"]).dropna()
    if pairs.empty:
        return "all dead"
    found = mean_within(np.log(pairs["value"] / pairs["control"]), -np.inf, np.inf)
    mean, lower, upper = (
        shown(float(np.exp(bound))) for bound in (found.mean, found.lower, found.upper)
    )
    return f"{mean} [{lower}, {upper}]"


def twin_table(metrics: pd.DataFrame, net: str) -> Iterator[str]:
    """Sizes on lattices, and on twins over these, by temperature and layer."""
    sizes = chosen(metrics, net=net, metric="participation_ratio", stage="pretrained")
    lines = [("T (J/k_B)", "on", *(f"layer {layer + 1}" for layer in LAYERS))]
    for temperature, at in sizes.groupby("temperature"):
        by = {
            (data, layer): of.set_index("seed")["median"]
            for (data, layer), of in at.groupby(["data", "layer"])
        }
        for data in dict.fromkeys(at["data"]):
            if data == "lattices":
                words = "lattices: size (sites)"
                cells = [interval(by[data, layer].dropna()) for layer in LAYERS]
            else:
                words = f"{data_label(data)}: ratio to these"
                cells = [ratio(by[data, layer], by["lattices", layer]) for layer in LAYERS]
            lines.append((f"{temperature:.5g}", words, *cells))
    yield from rows(*lines)


def block_sizes(metrics: pd.DataFrame) -> Iterator[str]:
    """Sizes of the fields of stacks that are compared as maps, beside those of blocks."""
    sizes = chosen(metrics, metric="participation_ratio", stage="pretrained", temperature=PAPER)
    lines = [("stack", "on", *(f"layer {layer + 1}" for layer in LAYERS))]
    lines.append(("blocks", "", *(str(4 ** (layer + 1)) for layer in LAYERS)))
    for net in ("TaughtStack", "CoinStack", "TrainedStack"):
        for data, of in chosen(sizes, net=net).groupby("data"):
            cells = [interval(chosen(of, layer=layer)["median"]) for layer in LAYERS]
            lines.append((net, data_label(data), *cells))
    yield from rows(*lines)


# The words of the answer rest on these verdicts. If a study finds others, they must be rewritten.
RESTS_ON: dict[str, str] = {}
# Its numbers: a claim and one of its comparisons, each an effect with its interval.
NUMBERS: dict[str, tuple[str, str]] = {}
ANSWER = """
"""

HOW = """
## How it was judged

As in [the findings](findings.md): the claims are `TWINS` of `src/isingdbn/analysis/claims.py`,
fixed before any of these data; Holm's correction is over the claims of this study.
A *taught* stack is trained from random weights, layer by layer, by the likelihood of its hidden
spins, which are given: the majorities of 2×2 units below, with ties by coin. It is trained on
lattices alone, and its weights are not told where the blocks are.
A coin is a hidden spin without weights. 34 of 400, evenly spread, is the number of dead units that
the stack of the findings has at T = 2.2976.
A spectral radius is the largest eigenvalue of the step that takes visible means to hidden ones and
back, linearized where a lattice has come to rest: below one, small changes die away.
"""


def numbers_of(read: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Every number of `ANSWER`, by its name there."""
    exponents = read["exponents"]
    found = effects(NUMBERS, read["comparisons"])
    for name, net, on in (
        ("rule", "Majority", "no net"),
        ("taught", "TaughtStack", "lattices"),
        ("coins", "CoinStack", "nothing"),
        ("trained", "TrainedStack", "lattices"),
    ):
        found[name] = thermal(exponents, net=net, trained_on=on, data="lattices", temperature=PAPER)
    return found


STUDY = FurtherStudy(
    name="twins",
    title="More twins, and trained controls",
    claims=TWINS,
    rests_on=RESTS_ON,
    answer=ANSWER,
    numbers_of=numbers_of,
    sections=(
        Section(
            "Every twin, for spins and for Gaussian units",
            ("twin_products_", "twin_gaussian_all_"),
            lambda read: (
                twin_table(read["metrics"], "SpinTwins"),
                twin_table(read["metrics"], "GaussianTwins"),
            ),
            "figure19_more_twins",
        ),
        Section(
            "The whole dial, after 160 epochs",
            ("dial_160_", "only_signs", "twin_gaussian_160_"),
            lambda read: (kurtosis_table(read["emergence"], ("LongDial", "LongDialFree"), 160),),
        ),
        Section(
            "A stack that is taught block spins, and coins",
            ("taught_", "coins_"),
            lambda read: (
                block_sizes(read["metrics"]),
                exponent_table(read["exponents"]),
                block_table(read["block_couplings"]),
                information_table(read["information"]),
            ),
            "figure13_exponents",
        ),
        Section(
            "Where machines flow, and rest",
            "fixed_points_",
            lambda read: (flow_table(read["flow"]), rest_table(read["fixed_points"])),
            "figure20_fixed_points",
        ),
    ),
    how=HOW,
    tables=("scorecard", "comparisons", "exponents", "fixed_points", "information"),
    figures=("figure13_exponents", "figure14_flow", "figure19_more_twins", "figure20_fixed_points"),
)

if __name__ == "__main__":
    STUDY.write()
