"""Measurements on trained networks; takes arrays of weights, never models."""
