"""``isingdbn analyse …``: one measurement of a trained network a command."""
