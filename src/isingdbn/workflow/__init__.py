"""What the rules in workflow/ need beyond Snakemake's language: paths, the lock
of results/, the queue, patches.
"""
