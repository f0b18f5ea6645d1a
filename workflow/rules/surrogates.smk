"""Controls, surrogates.

In: lattices. Out: one store a kind of surrogate, made when asked for by name (not by `rule all`).
"""

from isingdbn.ising.surrogates import KINDS

SURROGATES = f"results/surrogates/{{kind}}/{POINT}.zarr"


rule surrogate:
    """Draw data that keep some statistics of the lattices and lack the others."""
    input:
        lattices=ancient(LATTICES),
        manifests=[manifest(LATTICES)],
    output:
        store=directory(SURROGATES),
        manifest=manifest(SURROGATES),
    log:
        LOG.format(job=f"surrogate/{{kind}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"surrogate/{{kind}}/{POINT}")
    wildcard_constraints:
        kind="|".join(KINDS),
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(60),
    params:
        code=code_of("surrogate"),
    shell:
        "isingdbn --code {params.code} surrogate --lattices {input.lattices}"
        " --kind {wildcards.kind} --output {output.store} > {log} 2>&1"
