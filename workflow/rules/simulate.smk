"""Stage 1, simulate.

In: the config. Out: one immutable store of Ising lattices a (size, temperature, seed).
"""


rule simulate:
    """Draw Ising lattices by Wolff updates."""
    output:
        store=directory(LATTICES),
        manifest=manifest(LATTICES),
    log:
        LOG.format(job=f"simulate/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"simulate/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(60),
    params:
        code=code_of("simulate"),
        sampling=options(EXPERIMENT.lattice.sampling),
    shell:
        "isingdbn --code {params.code} simulate --size {wildcards.size}"
        " --temperature {wildcards.temperature} --seed {wildcards.seed}"
        " {params.sampling:q} --threads {threads} --output {output.store} > {log} 2>&1"
