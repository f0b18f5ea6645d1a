"""Exact values, and slow, obvious twins of the fast code."""
