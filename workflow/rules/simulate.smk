"""Stage 1, simulate.

In: the config. Out: one immutable store of Ising lattices a (size, temperature, seed), and
surrogates of them.
"""


use rule isingdbn as simulate with:
    """Draw Ising lattices by Wolff updates."""
    output:
        store=directory(LATTICES),
        manifest=manifest(LATTICES),
    log:
        LOG.format(job=f"simulate/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"simulate/{POINT}")
    priority: LAYOUT.work_left
    resources:
        mem_mb=rising(1000),
        runtime=rising(60),
    params:
        command=command("simulate"),
        settings=lambda wildcards: options(
            EXPERIMENT.lattice.sampling,
            size=wildcards.size,
            temperature=wildcards.temperature,
            seed=wildcards.seed,
        ),
        threads=several,


use rule isingdbn as surrogate with:
    """Draw data that keep some statistics of the lattices and lack the others."""
    input:
        lattices=ancient(LATTICES),
        manifests=manifests(LATTICES),
    output:
        store=directory(SURROGATES),
        manifest=manifest(SURROGATES),
    log:
        LOG.format(job=f"surrogate/{{data}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"surrogate/{{data}}/{POINT}")
    wildcard_constraints:
        data="|".join(KINDS),
    priority: LAYOUT.work_left
    resources:
        mem_mb=rising(1000),
        runtime=rising(60),
    params:
        command=command("surrogate"),
        settings=lambda wildcards: ["--data", wildcards.data],
