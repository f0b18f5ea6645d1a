"""From claims and tables to verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from isingdbn.analysis.claim import NOT_MEASURED, Claim, Comparison, MissingError, Tables
from isingdbn.analysis.statistics import FEWEST_SEEDS, LEVEL, Tested, holm, mean_within
from isingdbn.parameters.analysis import COVARIANCE, JACOBIAN, PRODUCT

__all__ = ["Judged", "compared", "judge"]


@dataclass(frozen=True)
class Judged:
    """A comparison with what was found: value, control and the effect, their ratio or difference
    over the seeds that both have, or the value; each with its 95 % interval.
    """

    comparison: Comparison
    value: Tested
    control: Tested
    tested: Tested
    missing: str = ""


OTHERS = (JACOBIAN, COVARIANCE)  # definitions of receptive fields, beside the product
NOTHING = Tested(0, np.nan, np.nan, np.nan, 1.0, 1.0)


def compared(comparison: Comparison, tables: Tables) -> Judged:
    """What the tables say about a comparison; means of what is tested as a ratio are geometric."""
    try:
        value, control = comparison.value.of(tables), comparison.control.of(tables)
    except MissingError as error:
        return Judged(comparison, NOTHING, NOTHING, NOTHING, str(error))
    low = -np.inf if comparison.low is None else comparison.low
    high = np.inf if comparison.high is None else comparison.high
    if comparison.how == "value":
        return _few(Judged(comparison, _mean(value), _mean(control), mean_within(value, low, high)))
    pairs = pd.concat([value, control], axis=1, join="inner").to_numpy()
    first, second = pairs.T
    if comparison.how == "difference":
        tested = mean_within(first - second, low, high)
        return _few(Judged(comparison, _mean(first), _mean(second), tested))
    if not (pairs > 0).all():
        nothing = replace(NOTHING, seeds=len(pairs))
        why = "a ratio needs positive numbers"
        return Judged(comparison, _mean(first), _mean(second), nothing, why)
    with np.errstate(divide="ignore"):
        bounds = np.log([0 if np.isneginf(low) else low, high])
    here, there = np.log(first), np.log(second)
    tested = _exp(mean_within(here - there, *bounds))
    return _few(Judged(comparison, _exp(_mean(here)), _exp(_mean(there)), tested))


def _mean(values: Sequence[float]) -> Tested:
    return mean_within(values, -np.inf, np.inf)


def _exp(of_logs: Tested) -> Tested:
    """A mean of logarithms as the geometric mean that it is."""
    mean, lower, upper = np.exp([of_logs.mean, of_logs.lower, of_logs.upper]).tolist()
    return Tested(of_logs.seeds, mean, lower, upper, of_logs.p_within, of_logs.p_outside)


def _few(judged: Judged) -> Judged:
    """With the reason, if there are too few seeds for an interval."""
    why = {0: "no seed has both", 1: "one seed has no interval"}
    return replace(judged, missing=why.get(judged.tested.seeds, ""))


def judge(claims: Sequence[Claim], tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The verdict on every claim.

    A claim holds if all of its comparisons do, so its p-value is the largest of theirs
    (intersection-union test, Berger 1982); it is contradicted if one does not, by the smallest of
    their p-values times their number. Both are then adjusted over all claims by Holm's method.
    A comparison with fewer than `FEWEST_SEEDS` seeds decides nothing: its claim cannot hold, and
    can be contradicted by another of its comparisons alone.
    Receptive fields are products of weights; what the verdict would be if all of them were mean
    derivatives or decorrelated covariances stands beside it.

    Returns
    -------
    scorecard : one row a claim, with its verdict, and the comparison that decides it.
    comparisons : one row a comparison.
    """
    judged = [[compared(each, tables) for each in claim.comparisons] for claim in claims]
    others = (
        _verdicts([[_by(definition, each, tables) for each in of_claim] for of_claim in judged])
        for definition in OTHERS
    )
    scorecard = [
        {
            "claim": claim.id,
            "source": claim.source,
            "headline": claim.headline,
            "rule_fixed": "after the data" if claim.after_data else "before the data",
            "verdict": verdict.verdict,
            "sentence": claim.sentence,
            "refuted_by": claim.refuted_by,
            "comparisons": len(verdict.judged),
            "p_supported": verdict.for_it,
            "p_contradicted": verdict.against,
            **_row(verdict.deciding),
            "fields_by": PRODUCT if claim.of_fields else "",
            **{
                f"verdict_by_{definition}": other.measured if claim.of_fields else ""
                for definition, other in zip(OTHERS, by_others, strict=True)
            },
        }
        for claim, verdict, *by_others in zip(claims, _verdicts(judged), *others, strict=True)
    ]
    rows = [
        {"claim": claim.id, **_row(each)}
        for claim, of_claim in zip(claims, judged, strict=True)
        for each in of_claim
    ]
    return pd.DataFrame(scorecard), pd.DataFrame(rows)


@dataclass(frozen=True)
class _Verdict:
    """On a claim, with its comparisons, the one that decides, and the p-values after correction."""

    verdict: str
    judged: list[Judged]
    deciding: Judged
    for_it: float
    against: float

    @property
    def measured(self) -> str:
        """The verdict, or that a comparison was not measured."""
        missing = any(each.missing.startswith(NOT_MEASURED) for each in self.judged)
        return "not measured" if missing else self.verdict


def _by(definition: str, judged: Judged, tables: Tables) -> Judged:
    """What a comparison finds by another definition of receptive fields."""
    other = judged.comparison.by(definition)
    return judged if other is judged.comparison else compared(other, tables)


def _verdicts(judged: list[list[Judged]]) -> list[_Verdict]:
    """On each claim, from its comparisons."""
    supports = [max(each.tested.p_within for each in of_claim) for of_claim in judged]
    contradicts = [min(1.0, len(of_claim) * min(map(_against, of_claim))) for of_claim in judged]
    return [
        _verdict(*of_claim)
        for of_claim in zip(judged, holm(supports), holm(contradicts), strict=True)
    ]


def _verdict(judged: list[Judged], for_it: float, against: float) -> _Verdict:
    enough = min(each.tested.seeds for each in judged) >= FEWEST_SEEDS
    verdict = "undecided"
    deciding = max(judged, key=lambda each: each.tested.p_within)
    if enough and for_it < LEVEL:
        verdict = "supported"
    elif against < LEVEL:
        verdict = "contradicted"
        deciding = min(judged, key=_against)
    return _Verdict(verdict, judged, deciding, for_it, against)


def _against(judged: Judged) -> float:
    """How improbable a comparison is if it holds; with too few seeds it says nothing."""
    return judged.tested.p_outside if judged.tested.seeds >= FEWEST_SEEDS else 1.0


def _row(judged: Judged) -> dict:
    comparison, tested = judged.comparison, judged.tested
    sides = {"value": judged.value, "control": judged.control}
    return {
        "comparison": comparison.label,
        "measure": comparison.value.name,
        **{name: side.mean for name, side in sides.items()},
        "how": comparison.how,
        "effect": tested.mean,
        "lower": tested.lower,
        "upper": tested.upper,
        "rule": comparison.rule,
        "seeds": tested.seeds,
        "p_within": tested.p_within,
        "p_outside": tested.p_outside,
        "missing": judged.missing,
        **{
            f"{name}_{end}": getattr(side, end)
            for name, side in sides.items()
            for end in ("lower", "upper")
        },
    }
