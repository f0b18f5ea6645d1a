"""Write docs/learning.md from the tables of a finished second study, config/study_learning.yaml,
and copy its figures and small tables beside it: `make learning`.
"""

import shutil
from collections.abc import Iterator

import pandas as pd
from benchmarks.processor import processor
from docs import make_findings
from docs.make_findings import (
    ROOT,
    chosen,
    effect,
    flow_table,
    interval,
    rows,
    section,
    slope_table,
    verdict_table,
    wrapped,
)

from isingdbn.analysis.claims import LEARNING
from isingdbn.cli.csv_files import parse
from isingdbn.parameters.data import data_label
from isingdbn.parameters.temperature import NAMED_TEMPERATURES

PAPER, MS = NAMED_TEMPERATURES["paper"], NAMED_TEMPERATURES["mehta_schwab"]
COPIED = ("scorecard", "comparisons", "discrimination_over_epochs", "mixing", "thermometer")
DRAWN = ("figure14_flow", "figure17_blindness_over_epochs", "figure18_onset")
OF_LEARNING = "learning_"  # before the names of its tables and figures in docs/
KURTOSIS = (
    "lattices", "thresholded_gaussian", "power_0.25", "power_0.5", "power_0.75",
    "gaussian_field", "power_1.25", "power_1.5", "elliptical",
)  # fmt: skip

# The words of the answer rest on these verdicts. If a study finds others, they must be rewritten.
RESTS_ON: dict[str, str] = {}
# Its numbers: a claim and one of its comparisons, each an effect with its interval.
NUMBERS: dict[str, tuple[str, str]] = {}
ANSWER = """
"""

HOW = """
## How it was judged

As in [the findings](findings.md): the claims are `LEARNING` of
`src/isingdbn/analysis/claims.py`, fixed before any of these data; Holm's correction is over the
claims of this study. Nets of 400 spins were trained on 9000 lattices, as there.
The rates of the nets whose onset is compared were chosen after one seed had shown that faster
ones are local after the first epoch; the ranges of the claims were not.
An onset is the epoch after which the median size of living fields is below 160 sites, a tenth of
the lattice.
An area under the curve while a net is trained is that of the difference of the free energies
of the net and its twin, with the weights that each had after the same epoch.
An autocorrelation time is ½ + Σρ(t), in sweeps: all hidden spins, then all visible ones.
"""


def blind_table(over: pd.DataFrame) -> Iterator[str]:
    """Areas under the curve after some epochs, by net."""
    lines = [("net", "epoch", "likelihood of machines", "energy, plaquette and \\|m\\|")]
    at = over[(over["temperature"] - MS).abs() < 1e-9]
    for (net, epoch), of in at.groupby(["net", "epoch"], sort=False):
        lines.append((net, str(epoch), interval(of["machine_auc"]), interval(of["physics_auc"])))
    yield from rows(*lines)


def mixing_table(mixing: pd.DataFrame) -> Iterator[str]:
    """Autocorrelation times of the machines' own chains."""
    lines = [("net", "T", "trained on", "τ of m² (sweeps)", "τ of the energy (sweeps)")]
    for (net, temperature, data), of in mixing.groupby(["net", "temperature", "data"], sort=False):
        times = [interval(of[f"tau_{name}"]) for name in ("m2", "energy")]
        at_least = "at least " if of["lower_bound"].any() else ""
        cells = [f"{at_least}{time}" for time in times]
        lines.append((net, f"{temperature:.5g}", data_label(data), *cells))
    yield from rows(*lines)


def kurtosis_table(emergence: pd.DataFrame) -> Iterator[str]:
    """Sizes after the last epoch, and onsets, against the distribution of a pixel."""
    last = chosen(emergence, stage="pretrained", layer=0, epoch=40)
    cells = ("size (sites)", "local from epoch")
    head = [f"{cell}, {said}" for said in ("with λ", "without") for cell in cells]
    lines = [("data", *head)]
    for data in KURTOSIS:
        found = []
        for net in ("Kurtosis", "KurtosisFree"):
            of = chosen(last, net=net, data=data)
            never = of["local_from_epoch"].isna().any()
            onset = "not in 40" if never else interval(of["local_from_epoch"])
            found += [interval(of["participation_ratio"]), onset]
        lines.append((data_label(data), *found))
    yield from rows(*lines)


def onset_table(emergence: pd.DataFrame) -> Iterator[str]:
    """Onsets against the number of lattices, the rate and the penalty."""
    lines = [("net", "lattices", "learning rate", "λ", "local from epoch", "updates")]
    for net, lattices, rate, penalty in (
        ("Lattices1000", 1000, 0.005, 0.03),
        ("Lattices3000", 3000, 0.005, 0.03),
        ("Lattices9000", 9000, 0.005, 0.03),
        ("HalfRate", 9000, 0.0025, 0.03),
        ("DoubleRate", 9000, 0.01, 0.03),
        ("HalfPenalty", 9000, 0.005, 0.015),
        ("DoublePenalty", 9000, 0.005, 0.06),
    ):
        of = chosen(emergence, stage="pretrained", layer=0, net=net).drop_duplicates("seed")
        onsets = of["local_from_epoch"]
        lines.append(
            (net, str(lattices), f"{rate:g}", f"{penalty:g}",
             interval(onsets), interval(onsets * lattices / 100))
        )  # fmt: skip
    yield from rows(*lines)


def width_table(metrics: pd.DataFrame) -> Iterator[str]:
    """Sizes and tilings of single layers at three strengths of the penalty."""
    sizes = chosen(metrics, metric="participation_ratio", layer=0, temperature=MS, data="lattices")
    lines = [("λ", "units", "living", "size (sites)", "size × living / 1600")]
    nets = {"Light": 0.015, "Even": 0.03, "Heavy": 0.06}
    for name, penalty in nets.items():
        for units in (25, 100, 400):
            net = "OneStep" if (name, units) == ("Even", 400) else f"{name}{units}"
            of = chosen(sizes, net=net)
            filled = of["median"] * of["living"] / 1600
            lines.append(
                (f"{penalty:g}", str(units), interval(of["living"]), interval(of["median"]),
                 interval(filled))
            )  # fmt: skip
    yield from rows(*lines)


def far_table(metrics: pd.DataFrame) -> Iterator[str]:
    """Living units and sizes far from the critical temperature."""
    lines = [("T", "data", "living of 100", "size (sites)")]
    of_net = chosen(metrics, net="FarAway", metric="participation_ratio", layer=0)
    for (temperature, data), of in of_net.groupby(["temperature", "data"]):
        sizes = of["median"].dropna()
        cells = interval(of["living"]), interval(sizes) if len(sizes) else "all dead"
        lines.append((f"{temperature:g}", data_label(data), *cells))
    yield from rows(*lines)


def depth_table(metrics: pd.DataFrame) -> Iterator[str]:
    """How smooth the fields of fine-tuned codes are."""
    lines = [("net", "layers", "epochs of fine-tuning", "lag-1 autocorrelation of the code")]
    for net, layers, epochs, layer in (
        ("Shallow", "1600, 100, 25", 60, 1),
        ("ShallowLong", "1600, 100, 25", 100, 1),
        ("Deep", "1600, 400, 100, 25", 60, 2),
    ):
        of = chosen(metrics, net=net, stage="finetuned", layer=layer, metric="lag_1")
        lines.append((net, layers, str(epochs), interval(of["median"])))
    yield from rows(*lines)


SECTIONS = (
    ("Blind from the first epoch to the last", "blind_", f"{OF_LEARNING}{DRAWN[1]}"),
    ("How fast the machines mix", ("one_step_is_short", "twins_mix"), ""),
    (
        "When fields become local, and how large",
        ("width_law_penalty", "kurtosis_", "onset_"),
        f"{OF_LEARNING}{DRAWN[2]}",
    ),
    ("Many temperatures at once", ("mixed_", "thermometer_near"), f"{OF_LEARNING}{DRAWN[0]}"),
    ("Far from the critical temperature", ("twin_far", "ordered_needs_one_colder", "hot_"), ""),
    ("Depth, or the length of training", "deep_less_noisy_", ""),
)


def page(read: dict[str, pd.DataFrame]) -> str:
    """docs/learning.md."""
    own = [claim.id for claim in LEARNING]
    scorecard = read["scorecard"][read["scorecard"]["claim"].isin(own)]
    verdicts = dict(zip(scorecard["claim"], scorecard["verdict"], strict=True))
    changed = {name for name, verdict in RESTS_ON.items() if verdicts[name] != verdict}
    if changed:
        raise SystemExit(
            f"docs/make_learning.py: the words of the answer rest on other verdicts of"
            f" {', '.join(sorted(changed))}; rewrite ANSWER and RESTS_ON"
        )
    counts = scorecard["verdict"].value_counts()
    jobs, hours = make_findings.time_of_jobs()
    metrics, emergence = read["metrics"], read["emergence"]
    tables = (
        (blind_table(read["discrimination_over_epochs"]),),
        (mixing_table(read["mixing"]),),
        (kurtosis_table(emergence), onset_table(emergence), width_table(metrics)),
        (flow_table(read["flow"]), slope_table(read["thermometer"])),
        (far_table(metrics),),
        (depth_table(metrics),),
    )
    numbers = dict(
        pair
        for name, which in NUMBERS.items()
        for pair in effect(name, read["comparisons"], *which)
    )
    parts = ["# How it is learnt\n", wrapped(ANSWER.format(**numbers)), ""]
    parts += [
        f"{int(scorecard['seeds'].max())} seeds;"
        f" {', '.join(f'{count} {verdict}' for verdict, count in counts.items())}"
        f" of {len(scorecard)} claims. Computed on {processor()}, in {hours:.1f} hours:"
        f" {jobs} jobs, their times added and divided by 2, one job a core."
        " Numbers are means over seeds with Student's 95 % interval.\n"
    ]
    for (title, claims, figure), several in zip(SECTIONS, tables, strict=True):
        texts = ["\n".join(lines) for lines in several]
        parts += section(title, claims, figure, scorecard, *texts)
    parts += ["## Every claim\n", *verdict_table(scorecard), "", HOW.strip(), ""]
    return "\n".join(parts)


def main() -> None:
    """Write and copy."""
    names = {path.stem for path in make_findings.TABLES.glob("*.csv")}
    read = {name: parse(make_findings.TABLES / f"{name}.csv") for name in sorted(names)}
    (ROOT / "docs" / "learning.md").write_text(page(read), encoding="utf-8")
    for folder, target, kept, suffix in (
        (make_findings.TABLES, "tables", COPIED, "csv"),
        (make_findings.FIGURES, "gallery", DRAWN, "png"),
    ):
        for name in kept:
            to = ROOT / "docs" / target / f"{OF_LEARNING}{name}.{suffix}"
            shutil.copyfile(folder / f"{name}.{suffix}", to)


if __name__ == "__main__":
    main()
