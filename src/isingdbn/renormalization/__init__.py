"""Block-spin references for what a network might have found by itself."""
