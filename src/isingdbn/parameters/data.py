"""What a net can be trained on: lattices, or surrogates of them, which are its controls."""

__all__ = [
    "DATA",
    "LATTICES",
    "LONGEST_CODE",
    "MIXED",
    "MIXED_TEMPERATURES",
    "MODELS_OF_SPINS",
    "NO_NET",
    "POWERS",
    "REAL",
    "SIGN_PRODUCTS",
    "SURROGATES",
    "TWO_VALUES",
    "data_label",
    "data_problem",
]

LATTICES = "lattices"

# Signs of Gaussian fields: how many independent ones are multiplied.
SIGN_PRODUCTS = {"thresholded_gaussian": 1, "sign_product_2": 2, "sign_product_3": 3}
# Powers a of Gaussian fields g: sign(g)|g|^a.
POWERS = {f"power_{exponent}": exponent for exponent in (0.25, 0.5, 0.75, 1.25, 1.5)}

# Lattices at many temperatures, and twins of them: what others have trained machines on whose
# flow they followed (Iso, Shiba and Yokoo, Phys. Rev. E 97, 053304 (2018)).
MIXED_TEMPERATURES = tuple(step / 4 for step in range(1, 25))  # J/k_B
MIXED = {"mixed_temperatures": False, "mixed_thresholded_gaussian": True}  # whether twins

# The only list of kinds of surrogates, each with what it is.
SURROGATES = {
    "pixel_shuffle": "the pixels of each lattice in a random order of its own",
    "fixed_permutation": "the pixels of all lattices in one and the same random order",
    "gaussian_field": "real Gaussian fields with the two-point function of the lattices",
    "thresholded_gaussian": "signs of Gaussian fields, with the two-point function of the lattices",
    "sign_product_2": "products of two such independent signs, with the two-point function",
    "sign_product_3": "products of three such independent signs, with the two-point function",
    **{
        kind: f"sign(g)|g|^{exponent:g} of Gaussian fields g, with the two-point function"
        for kind, exponent in POWERS.items()
    },
    "elliptical": "Gaussian fields, each times a random amplitude, with the two-point function",
    "independent": "independent spins, +1 or -1 with probability 1/2",
    "mixed_temperatures": "Ising lattices at 24 temperatures from 0.25 to 6 J/k_B, in turns",
    "mixed_thresholded_gaussian": "thresholded Gaussian fields of these, each with its own"
    " two-point function",
}
DATA = (LATTICES, *SURROGATES)
NO_NET = "no net"  # what a block-spin rule was trained on, in tables that have those of nets too

# Real numbers; all other data are spins, -1 and +1.
REAL = ("gaussian_field", *POWERS, "elliptical")
MODELS_OF_SPINS = ("spin", "gaussian")  # visible units whose values spins can be
LONGEST_CODE = 32  # units; of a code whose products are features too
TWO_VALUES = ("spin", "bernoulli")  # units that can be block spins
WITHOUT_SYMMETRY = ("fixed_permutation",)  # lattices that are moved or turned are other data


def data_label(data: str) -> str:
    """What a net is trained on, in words."""
    return data.replace("_", " ").replace("gaussian", "Gaussian")


def data_problem(data: str, visible: str | None = None, augment: bool = False) -> str | None:
    """Why a net cannot be trained on ``data`` in this way, with the option
    in front; None if it can.

    Parameters
    ----------
    visible : kind of the visible units of the first layer, if it is that which is trained.
    augment : whether lattice symmetries are drawn.
    """
    if data in REAL and visible not in (None, "gaussian"):
        return f"visible: {visible} units cannot take {data}, real numbers; choose gaussian"
    if data in WITHOUT_SYMMETRY and augment:
        return f"augment: true is not allowed on {data}: it lacks the symmetries; choose false"
    return None
