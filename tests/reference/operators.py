"""Sums of products of spins on a torus, one site and one orientation at a time; all orientations
are written out, relative to a site.
"""

import itertools

import numpy as np

ORIENTATIONS = {
    "nearest": [[(0, 0), (0, 1)], [(0, 0), (1, 0)]],
    "next_nearest": [[(0, 0), (1, 1)], [(0, 0), (1, -1)]],
    "plaquette": [[(0, 0), (0, 1), (1, 0), (1, 1)]],
    "third_neighbour": [[(0, 0), (0, 2)], [(0, 0), (2, 0)]],
    "knights_move": [
        [(0, 0), (1, 2)],
        [(0, 0), (1, -2)],
        [(0, 0), (2, 1)],
        [(0, 0), (2, -1)],
    ],
    "two_diagonals": [[(0, 0), (2, 2)], [(0, 0), (2, -2)]],
    "diamond": [[(0, 1), (0, -1), (1, 0), (-1, 0)]],
    "magnetization": [[(0, 0)]],
    "corner": [
        [(0, 0), (0, 1), (1, 0)],
        [(0, 0), (0, 1), (-1, 0)],
        [(0, 0), (0, -1), (1, 0)],
        [(0, 0), (0, -1), (-1, 0)],
    ],
    "row": [[(0, -1), (0, 0), (0, 1)], [(-1, 0), (0, 0), (1, 0)]],
    "diagonal_corner": [
        [(0, 0), (1, 1), (1, -1)],
        [(0, 0), (-1, 1), (-1, -1)],
        [(0, 0), (1, 1), (-1, 1)],
        [(0, 0), (1, -1), (-1, -1)],
    ],
}


def slow_sum(spins: np.ndarray, name: str) -> int:
    """The operator ``name`` of ``spins`` (height, width)."""
    height, width = spins.shape
    return sum(
        int(np.prod([int(spins[(y + dy) % height, (x + dx) % width]) for dy, dx in term]))
        for y, x in itertools.product(range(height), range(width))
        for term in ORIENTATIONS[name]
    )
