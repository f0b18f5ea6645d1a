"""Restricted Boltzmann machines, greedy stacks of them, and the deep autoencoder:
the only room with TensorFlow, which says nothing of the machine here.
"""

from isingdbn.quiet import quieten

quieten()
