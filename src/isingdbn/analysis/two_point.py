"""How smooth single lattices are, and what a method gives back of them: by C(r), the power in
shells of |k|, and the energy. The two-point function of a lattice decides all of these.
"""

import numpy as np

from isingdbn.analysis.modes import SHELLS, shell_shares
from isingdbn.analysis.smoothness import correlation, lag_1

__all__ = ["MEASURES", "two_point"]

DISTANCES = (1, 2, 4, 8)  # sites
LOW, MIDDLE, HIGH = SHELLS  # |k| in units of 2π / side, the larger of |k_x| and |k_y|
ZERO = "not a number of zero output"

# What is measured, by name: what it is, and its unit.
MEASURES = {
    **{f"lag_{r}": (f"C(r) over C(0) at r = {r}; {ZERO}", "1") for r in DISTANCES},
    "low_mode_share": (f"share of the power in |k| ≤ {LOW}; {ZERO}", "1"),
    f"share_{LOW}_to_{MIDDLE}": (f"share of the power in {LOW} < |k| ≤ {MIDDLE}; {ZERO}", "1"),
    f"share_{MIDDLE}_to_{HIGH}": (f"share of the power in {MIDDLE} < |k| ≤ {HIGH}; {ZERO}", "1"),
    f"share_above_{HIGH}": (f"share of the power in |k| > {HIGH}; {ZERO}", "1"),
    "energy": ("energy per site", "J"),
    "sign_energy": ("energy per site of the signs, zero taken as +1", "J"),
}


def two_point(values: np.ndarray) -> dict[str, np.ndarray]:
    """Each of `MEASURES` of every lattice of ``values`` (sample, y, x), real numbers on the torus;
    arrays (sample,).

    C(r) is the mean of x(s) x(s + r) over sites s and both directions, and the energy per site,
    in J, is -2 C(1). A lattice that is zero everywhere has energies, 0 and that of +1 at every
    site, and no other measure.
    """
    some = values.any(axis=(1, 2))
    relative = np.full((len(DISTANCES) + len(SHELLS) + 1, len(values)), np.nan)
    if some.any():
        fields = values[some].astype(np.float32)
        correlations = [correlation(fields, distance) for distance in DISTANCES]
        relative[:, some] = [*correlations, *shell_shares(fields)]
    squares = np.mean(values.astype(np.float64) ** 2, axis=(1, 2))
    energy = np.where(some, -2 * relative[0] * squares, 0.0)
    sign_energy = -2 * lag_1(np.where(values < 0, -1.0, 1.0))
    return dict(zip(MEASURES, (*relative, energy, sign_energy), strict=True))
