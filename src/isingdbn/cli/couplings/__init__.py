"""``isingdbn couplings …``: couplings of machines and of lattices."""
