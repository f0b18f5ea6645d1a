"""The PyTorch loop, with operands and results of matrix products in bfloat16."""

from torch_trainer import main

main("bfloat16")
