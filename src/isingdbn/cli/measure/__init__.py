"""``isingdbn measure …``: one measurement of lattices a command."""
