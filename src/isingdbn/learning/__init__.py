"""Restricted Boltzmann machines, greedy stacks of them, and the deep autoencoder:
the only room with TensorFlow.
"""
