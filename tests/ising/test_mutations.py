"""Planted bugs are seen by comparison with exact values; sound kernels pass the same checks.

The lattices are small, where edges weigh most, and no check looks at the random stream.
Which check sees a bug matters, because most are blind to some:

* A kernel that lacks a bond everywhere simulates another lattice without fault,
  and its mean cluster is N times *its own* ⟨m²⟩. So the exact value is that of the torus.
* Seed sites that are not uniform change no average at all: a cluster and its flip have the same
  seeds, so detailed balance holds, and by translation the mean cluster is the same from any site.
  Only the chain is slower. The sites themselves must be counted.
* A tie of a 16-bit draw that is settled wrongly changes p by about 2⁻¹⁷, so ties need
  a p at which they are all there is.
* A missing global sign shows in the order of samples alone.

At L = 40 and T_c, `mutants.cluster_size` with 10⁷ updates of the packed kernel takes 17
s and gives the mean cluster to 0.3 sites. The exact one is 694.58, and this is what was found
(the sound kernel: 694.23 ± 0.30, and with 3.8 × 10⁷ updates 694.78 ± 0.13):

    no_vertical_wrap                                414.41
    vertical_wrap_looks_at_the_wrong_row            643.99
    vertical_wrap_upwards_only                      483.57
    no_horizontal_wrap                              414.32
    horizontal_wrap_to_the_left_only                483.57
    joins_across_the_edge_ask_for_no_further_sweep  676.51
    last_row_alone_asks_for_a_further_sweep         677.43
    no_fill_to_the_left                               9.87
    eight_digits_only                               557.74
    bond_probability_off_by_two_per_mille           735.06
"""

import pytest

from isingdbn.ising import chains
from tests.ising import test_wolff
from tests.length import length
from tests.reference import mutants
from tests.reference.mutants import BOTH, MORE_MUTANTS, MUTANTS, SCALAR

PASSES, SEEN = 4, 6  # standard errors
PLANTED = length(MUTANTS[::2], MUTANTS)  # each takes a compilation of its kernel
CHECKS = {
    mutants.ties: SCALAR,
    **dict.fromkeys((mutant.check for mutant in MUTANTS if mutant.check != mutants.ties), BOTH),
}


@pytest.mark.parametrize(
    ("check", "kernel"),
    [(check, kernel) for check, kernels in CHECKS.items() for kernel in kernels],
)
def test_sound_kernel_passes(check, kernel):
    assert abs(check(chains, kernel)) < PASSES


@pytest.mark.parametrize(
    "mutant", PLANTED, ids=[f"{mutant.module}-{mutant.name}" for mutant in PLANTED]
)
def test_bug_is_seen(mutant, tmp_path):
    unsound = mutants.load(mutant, tmp_path)
    for kernel in mutant.kernels:
        assert abs(mutant.check(unsound, kernel)) > SEEN


@pytest.mark.parametrize("mutant", MORE_MUTANTS, ids=lambda mutant: mutant.name)
def test_a_line_can_be_changed(mutant):
    assert mutant.new in mutants.changed(mutant)


def test_wrong_ties_fail_the_kernels_own_test(monkeypatch, tmp_path):
    # the one that it sees less
    (mutant,) = (mutant for mutant in MUTANTS if mutant.name == "ties_stay_closed")
    monkeypatch.setattr(test_wolff, "wolff_updates", mutants.load(mutant, tmp_path).wolff_updates)
    with pytest.raises(AssertionError):
        test_wolff.test_ties_of_the_16_bit_draw_open_with_the_right_probability()
