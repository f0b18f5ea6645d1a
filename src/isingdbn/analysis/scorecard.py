"""From claims and tables to verdicts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from isingdbn.analysis.claim import Claim, Comparison, MissingError, Tables
from isingdbn.analysis.statistics import FEWEST_SEEDS, LEVEL, Tested, holm, mean_within

__all__ = ["Judged", "compared", "judge"]


@dataclass(frozen=True)
class Judged:
    """A comparison with what was found: the means over seeds of value and control, and the effect,
    their ratio or difference or the value, with its 95 % interval.
    """

    comparison: Comparison
    value: float
    control: float
    tested: Tested
    missing: str = ""


def compared(comparison: Comparison, tables: Tables) -> Judged:
    """What the tables say about a comparison; means of what is tested as a ratio are geometric."""
    try:
        value, control = comparison.value.of(tables), comparison.control.of(tables)
    except MissingError as error:
        nothing = Tested(0, np.nan, np.nan, np.nan, 1.0, 1.0)
        return Judged(comparison, np.nan, np.nan, nothing, str(error))
    low = -np.inf if comparison.low is None else comparison.low
    high = np.inf if comparison.high is None else comparison.high
    if comparison.how == "value":
        return Judged(comparison, value.mean(), control.mean(), mean_within(value, low, high))
    pairs = pd.concat([value, control], axis=1, join="inner").to_numpy()
    first, second = pairs.T
    if comparison.how == "difference":
        tested = mean_within(first - second, low, high)
        return Judged(comparison, first.mean(), second.mean(), tested)
    if not (pairs > 0).all():
        nothing = Tested(len(pairs), np.nan, np.nan, np.nan, 1.0, 1.0)
        why = "a ratio needs positive numbers"
        return Judged(comparison, first.mean(), second.mean(), nothing, why)
    with np.errstate(divide="ignore"):
        bounds = np.log([0 if np.isneginf(low) else low, high])
    of_logs = mean_within(np.log(first) - np.log(second), *bounds)
    mean, lower, upper = np.exp([of_logs.mean, of_logs.lower, of_logs.upper]).tolist()
    tested = Tested(of_logs.seeds, mean, lower, upper, of_logs.p_within, of_logs.p_outside)
    of_value, of_control = (float(np.exp(np.log(values).mean())) for values in (first, second))
    return Judged(comparison, of_value, of_control, tested)


def judge(claims: Sequence[Claim], tables: Tables) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The verdict on every claim.

    A claim holds if all of its comparisons do, so its p-value is the largest of theirs
    (intersection-union test, Berger 1982); it is contradicted if one does not, by the smallest of
    their p-values times their number. Both are then adjusted over all claims by Holm's method.
    A comparison with fewer than `FEWEST_SEEDS` seeds decides nothing: its claim cannot hold, and
    can be contradicted by another of its comparisons alone.

    Returns
    -------
    scorecard : one row a claim, with its verdict, and the comparison that decides it.
    comparisons : one row a comparison.
    """
    judged = {claim.id: [compared(each, tables) for each in claim.comparisons] for claim in claims}
    supports = [max(each.tested.p_within for each in judged[claim.id]) for claim in claims]
    contradicts = [
        min(1.0, len(judged[claim.id]) * min(map(_against, judged[claim.id]))) for claim in claims
    ]
    scorecard = [
        _verdict(claim, judged[claim.id], for_it, against)
        for claim, for_it, against in zip(claims, holm(supports), holm(contradicts), strict=True)
    ]
    rows = [{"claim": name, **_row(each)} for name, of_claim in judged.items() for each in of_claim]
    return pd.DataFrame(scorecard), pd.DataFrame(rows)


def _verdict(claim: Claim, judged: list[Judged], for_it: float, against: float) -> dict:
    enough = min(each.tested.seeds for each in judged) >= FEWEST_SEEDS
    verdict = "undecided"
    deciding = max(judged, key=lambda each: each.tested.p_within)
    if enough and for_it < LEVEL:
        verdict = "supported"
    elif against < LEVEL:
        verdict = "contradicted"
        deciding = min(judged, key=_against)
    return {
        "claim": claim.id,
        "source": claim.source,
        "headline": claim.headline,
        "rule_fixed": "after the data" if claim.after_data else "before the data",
        "verdict": verdict,
        "sentence": claim.sentence,
        "refuted_by": claim.refuted_by,
        "comparisons": len(judged),
        "p_supported": for_it,
        "p_contradicted": against,
        **_row(deciding),
    }


def _against(judged: Judged) -> float:
    """How improbable a comparison is if it holds; with too few seeds it says nothing."""
    return judged.tested.p_outside if judged.tested.seeds >= FEWEST_SEEDS else 1.0


def _row(judged: Judged) -> dict:
    comparison, tested = judged.comparison, judged.tested
    return {
        "comparison": comparison.label,
        "measure": comparison.value.name,
        "value": judged.value,
        "control": judged.control,
        "how": comparison.how,
        "effect": tested.mean,
        "lower": tested.lower,
        "upper": tested.upper,
        "rule": comparison.rule,
        "seeds": tested.seeds,
        "p_within": tested.p_within,
        "p_outside": tested.p_outside,
        "missing": judged.missing,
    }
