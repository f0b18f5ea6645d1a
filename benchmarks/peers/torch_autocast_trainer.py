"""The PyTorch loop, under autocast to bfloat16."""

from torch_trainer import main

main("autocast")
