"""Sampling the two-dimensional Ising model: lattices, the Wolff kernel,
chains and per-sample observables.
"""
