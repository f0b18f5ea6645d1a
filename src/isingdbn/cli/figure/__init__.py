"""``isingdbn figure …``: one figure a command."""
