"""``isingdbn table …``: one table a command."""
