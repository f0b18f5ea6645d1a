"""Write docs/learning.md from the tables of a finished second study, config/study_learning.yaml,
and copy its figures and small tables beside it: `make learning`.
"""

from collections.abc import Iterator

import pandas as pd
from docs.further_study import FurtherStudy, Section
from docs.make_findings import (
    chosen,
    effects,
    flow_table,
    interval,
    rows,
    shown,
    slope_table,
)

from isingdbn.analysis.claims import LEARNING
from isingdbn.parameters.data import data_label
from isingdbn.parameters.temperature import CRITICAL_TEMPERATURE, NAMED_TEMPERATURES

PAPER, MS = NAMED_TEMPERATURES["paper"], NAMED_TEMPERATURES["mehta_schwab"]
KURTOSIS = (
    "lattices", "thresholded_gaussian", "power_0.25", "power_0.5", "power_0.75",
    "gaussian_field", "power_1.25", "power_1.5", "elliptical",
)  # fmt: skip

# The words of the answer rest on these verdicts. If a study finds others, they must be rewritten.
RESTS_ON = {
    "blind_at_every_epoch": "supported",
    "blind_tempered": "supported",
    "one_step_is_short": "undecided",
    "twins_mix_alike": "undecided",
    "width_law_penalty": "supported",
    "kurtosis_with_penalty": "supported",
    "kurtosis_without_penalty": "supported",
    "onset_without_penalty": "undecided",
    "onset_by_updates": "undecided",
    "onset_by_rate": "supported",
    "onset_by_penalty": "supported",
    "mixed_flow_spin": "undecided",
    "mixed_flow_gaussian": "contradicted",
    "mixed_flow_twins": "undecided",
    "thermometer_near": "undecided",
    "twin_far": "contradicted",
    "ordered_needs_one_colder": "contradicted",
    "hot_has_none": "contradicted",
    "deep_less_noisy_tuned": "supported",
    "deep_less_noisy_by_depth": "supported",
}
# Its numbers: a claim and one of its comparisons, each an effect with its interval.
NUMBERS = {
    "first": ("blind_at_every_epoch", "OneStep, epoch 1"),
    "last": ("blind_at_every_epoch", "OneStep, epoch 40"),
    "ten": ("blind_at_every_epoch", "TenSteps, epoch 12"),
    "persistent": ("blind_at_every_epoch", "Persistent, epoch 40"),
    "tempered": ("blind_tempered", "Tempered"),
    "wide": ("blind_at_every_epoch", "OneABond, epoch 8"),
    "mixed": ("mixed_flow_spin", "from random"),
    "mixed_gaussian": ("mixed_flow_gaussian", "from random"),
    "flow_of_twins": ("mixed_flow_twins", "from random"),
    "slope": ("thermometer_near", "slope over Δ(1/T)"),
    "far": ("twin_far", "participation_ratio"),
    "cold": ("ordered_needs_one_colder", "T = 1.5"),
    "hot": ("hot_has_none", "T = 5"),
    "free": ("onset_without_penalty", "lattices"),
    "free_twins": ("onset_without_penalty", "thresholded_gaussian"),
    "few": ("onset_by_updates", "1000 lattices"),
    "some": ("onset_by_updates", "3000 lattices"),
    "half_rate": ("onset_by_rate", "half the rate"),
    "double_rate": ("onset_by_rate", "twice the rate"),
    "half_penalty": ("onset_by_penalty", "half the penalty"),
    "double_penalty": ("onset_by_penalty", "twice the penalty"),
    "light": ("width_law_penalty", "Light penalty, 100 units"),
    "heavy": ("width_law_penalty", "Heavy penalty, 400 units"),
    "gaussian": ("kurtosis_with_penalty", "gaussian_field over lattices"),
    "gaussian_free": ("kurtosis_without_penalty", "gaussian_field over lattices"),
    "deep": ("deep_less_noisy_tuned", "Deep and Shallow"),
    "deep_long": ("deep_less_noisy_by_depth", "Deep and ShallowLong"),
}
ANSWER = """
**Does the answer depend on how a machine learns, or on when one looks? Blindness at T = 2.451 does
not. The epoch at which fields become local does.** How other ways to learn change a stack as a
block-spin map was not measured. [The findings](findings.md) left this open. The words are explained
there.

- **Blind at every epoch.** At T = 2.451 the likelihood ratio of a machine and its twin has an AUC
  of {first} after the first epoch and {last} after the last. Ten steps of contrastive divergence
  end at {ten}, persistent chains at {persistent}, tempered chains at {tempered}, 3200 hidden spins
  at {wide}; energy, plaquette and |m| reach {last_control}. At T = 1.5 machines tell lattices from
  twins, with the wrong sign; at T = 5 they do not, nor do energy, plaquette and |m|.
- **Mixing is slow after one or ten steps, and for the exact model.** (More than ten sweeps by every
  way to learn: undecided; as fast on twins: undecided.) Trained by one or ten steps, machines
  forget a lattice after tens to thousands of Gibbs sweeps. So does the Ising model made by hand as
  a machine: {by_hand} sweeps at least. Of machines that were trained by persistent or tempered
  chains one forgets in {quickest} sweeps, and another in {slowest} at least. So 200 sweeps, in
  which the findings draw lattices from machines, do not reach equilibrium, and their exponents are
  those of lattices that were drawn so, not of the machines.
- **Surprise: many temperatures at once.** Iterated, a machine of spins that was trained on lattices
  at 24 temperatures takes everything to the energy of T = {mixed}, {below} % below the critical
  one, and one of Gaussian units to {mixed_gaussian}, {far_below} % below. Machines that were
  trained on twins of these lattices, and never saw an Ising lattice, go to {mixed_control} and
  {mixed_gaussian_control}: for spins {flow_of_twins} times that temperature (equality within 5 %:
  undecided). So twins do nearly the same, and a flow to near the critical temperature is no sign
  that a machine has seen the Ising model. Whether its end moves with the choice of the training
  temperatures was not tested.
- **When fields become local.** After as many updates on 3000 lattices as on 9000 ({some} times),
  and a third more on 1000 ({few}; the same number of updates: undecided). Epoch times learning rate
  is the same at half ({half_rate}) and twice the rate ({double_rate}). At half the penalty it is
  later ({half_penalty} times), at twice earlier ({double_penalty}). In Gaussian machines the
  penalty matters little on lattices: without it, fields become local {free} times as late; on twins
  {free_twins} times (the same within 25 %: undecided).
- **The distribution of a pixel decides with and without the penalty.** At the same C(r), fields of
  100 Gaussian units are {gaussian} times as large on Gaussian data as on lattices, and
  {gaussian_free} times without the penalty. Of seven powers of a Gaussian field only the signs
  become local in 40 epochs.
- **Width.** Size times living units over sites is {light} at half the penalty and 100 units, and
  {heavy} at twice the penalty and 400: the law of the findings, within a factor of two, at three
  penalties.
- **Far from the critical temperature.** At T = 1.5 fields are not local, and those on twins are
  {far} times as large; {cold} of 100 units live, not one. At T = 5 {hot} of 100 live.
- **Depth.** The fields of the fine-tuned code of the deeper net are smoother, as the paper says:
  the lag-1 autocorrelation is {deep_value}, and {deep_control} for the shallow net,
  {deep_long_control} if that is tuned for as many epochs in all: a part of the difference is the
  length of the training, and the deeper net has a wider first layer, too.
- **The thermometer of histograms** has nearer temperatures here than in the findings. The slope is
  {slope} of that of Ising lattices, for the three of five seeds whose histograms overlap: it
  decides nothing.
"""

HOW = """
## How it was judged

As in [the evidence](evidence.md): the claims are `LEARNING` of
`src/isingdbn/analysis/claims.py`, fixed before any of these data but for those with a †;
Holm's correction is over all rows of its scorecard. Nets of 400 spins were trained on 9000
lattices, as there.
The rates of the nets whose onset is compared were chosen after one seed had shown that faster
ones are local after the first epoch; the ranges of the claims were not.
An onset is the epoch after which the median size of living fields is below 160 sites, a tenth of
the lattice.
An area under the curve while a net is trained is that of the difference of the free energies
of the net and its twin, with the weights that each had after the same epoch.
Lattices of many temperatures have the random streams of the study's own lattices at the same
temperature and seed, so that at T = 1.5 and 5 about one start of a flow in a hundred resembles a
lattice that MixedSpins or MixedGaussian was trained on.
An autocorrelation time is ½ + Σρ(t), in sweeps: all hidden spins, then all visible ones; where
chains are shorter than 50 of them it is a lower bound.
"""


def blind_table(over: pd.DataFrame) -> Iterator[str]:
    """Areas under the curve after some epochs, by net."""
    lines = [("net", "T", "epoch", "likelihood of machines", "energy, plaquette and \\|m\\|")]
    for (net, temperature), at in over.groupby(["net", "temperature"], sort=False):
        for epoch, of in at.groupby("epoch"):
            if epoch in (1, 3, 10, at["epoch"].max()):
                told = interval(of["machine_auc"]), interval(of["physics_auc"])
                lines.append((net, f"{temperature:.5g}", str(epoch), *told))
    yield from rows(*lines)


def mixing_table(mixing: pd.DataFrame) -> Iterator[str]:
    """Autocorrelation times of the machines' own chains, from the least to the largest seed."""
    head = ("τ of m² (sweeps)", "τ of the energy (sweeps)", "seeds with a lower bound")
    lines = [("net", "T", "trained on", *head)]
    for (net, temperature, data), of in mixing.groupby(["net", "temperature", "data"], sort=False):
        cells = []
        for name in ("m2", "energy"):
            low, high = (
                shown(bound) for bound in (of[f"tau_{name}"].min(), of[f"tau_{name}"].max())
            )
            cells.append(f"{low} to {high}")
        cells.append(f"{of['lower_bound'].sum()} of {len(of)}")
        lines.append((net, f"{temperature:.5g}", data_label(data), *cells))
    yield from rows(*lines)


def kurtosis_table(emergence: pd.DataFrame, nets: tuple[str, str], epochs: int) -> Iterator[str]:
    """Sizes after the last of the ``epochs``, and onsets, against the distribution of a pixel, of
    nets with and without the penalty.
    """
    last = chosen(emergence, stage="pretrained", layer=0, epoch=epochs)
    cells = ("size (sites)", "local from epoch")
    head = [f"{cell}, {said}" for said in ("with λ", "without") for cell in cells]
    lines = [("data", *head)]
    for data in KURTOSIS:
        found = []
        for net in nets:
            of = chosen(last, net=net, data=data)
            never = of["local_from_epoch"].isna().any()
            onset = f"not in {epochs}" if never else interval(of["local_from_epoch"])
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


def numbers_of(read: dict[str, pd.DataFrame]) -> dict[str, str]:
    """Every number of `ANSWER`, by its name there."""
    times = read["mixing"].set_index("net")["tau_m2"]
    ways = times[["Persistent", "Tempered"]]
    numbers = {
        "by_hand": f"{shown(times['ByHand'].min())} to {shown(times['ByHand'].max())}",
        "quickest": shown(ways.min()),
        "slowest": shown(ways.max()),
    }
    for name, claim in (("below", "mixed_flow_spin"), ("far_below", "mixed_flow_gaussian")):
        (flow,) = chosen(read["comparisons"], claim=claim, comparison="from random")["effect"]
        numbers[name] = f"{100 * (1 - flow / CRITICAL_TEMPERATURE):.0f}"
    return effects(NUMBERS, read) | numbers


STUDY = FurtherStudy(
    name="learning",
    title="How it is learnt",
    claims=LEARNING,
    rests_on=RESTS_ON,
    answer=ANSWER,
    numbers_of=numbers_of,
    sections=(
        Section(
            "Blind from the first epoch to the last",
            "blind_",
            lambda read: (blind_table(read["discrimination_over_epochs"]),),
            ("figure17_blindness_over_epochs",),
        ),
        Section(
            "How fast the machines mix",
            ("one_step_is_short", "twins_mix"),
            lambda read: (mixing_table(read["mixing"]),),
        ),
        Section(
            "When fields become local, and how large",
            ("width_", "kurtosis_", "onset_"),
            lambda read: (
                kurtosis_table(read["emergence"], ("Kurtosis", "KurtosisFree"), 40),
                onset_table(read["emergence"]),
                width_table(read["metrics"]),
            ),
            ("figure18_onset",),
        ),
        Section(
            "Many temperatures at once",
            ("mixed_", "thermometer_near"),
            lambda read: (flow_table(read["flow"]), slope_table(read["thermometer"])),
            ("figure14_flow",),
        ),
        Section(
            "Far from the critical temperature",
            ("twin_far", "ordered_needs_one_colder", "hot_"),
            lambda read: (far_table(read["metrics"]),),
        ),
        Section(
            "Depth, or the length of training",
            "deep_less_noisy_",
            lambda read: (depth_table(read["metrics"]),),
        ),
    ),
    how=HOW,
    tables=("scorecard", "comparisons", "discrimination_over_epochs", "mixing", "thermometer"),
    figures=("figure14_flow", "figure17_blindness_over_epochs", "figure18_onset"),
)

if __name__ == "__main__":
    STUDY.write()
