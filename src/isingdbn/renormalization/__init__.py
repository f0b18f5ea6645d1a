"""Block-spin renormalization, exact and sampled: what a network might have found by itself."""
