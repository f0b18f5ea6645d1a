"""The rule that all others are made of, by `use rule isingdbn as`."""


rule isingdbn:
    """What all rules share: one command, whose options are named as its inputs are."""
    log:
        LOG.format(job="isingdbn"),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        command=[],
        paths=lambda wildcards, input, output: path_options(input, output),
        settings=[],  # of the wildcards alone: Snakemake compares no others with the last run's
        threads=[],
    shell:
        "isingdbn {params.command} {params.paths:q} {params.settings:q} {params.threads}"
        " > {log} 2>&1"
