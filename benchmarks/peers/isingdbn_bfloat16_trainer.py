"""Ours, with operands and results of matrix products in bfloat16 and all sums in float32."""

from isingdbn_trainer import main

main("bfloat16")
