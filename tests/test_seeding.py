"""Streams are told apart by identity and reproducible."""

import itertools

from isingdbn.seeding import generator, seed_sequence


def test_identities_have_distinct_streams():
    identities = [
        {"seed": seed, "purpose": purpose, "temperature": temperature, "chain": chain}
        for seed, purpose, temperature, chain in itertools.product(
            (0, 1, 2**40), ("wolff", "split"), (2.0, 2.5), range(50)
        )
    ]
    states = {tuple(seed_sequence(**identity).generate_state(4)) for identity in identities}
    assert len(states) == len(identities)


def test_streams_do_not_depend_on_the_order_of_the_identity():
    assert generator(3, "a", x=1, y=2).random() == generator(3, "a", y=2, x=1).random()


def test_the_streams_are_pinned():
    assert generator(0, "split", samples=5).permutation(5).tolist() == [3, 4, 2, 1, 0]
