"""The physics of the lattices.

In: lattices. Out: thermal averages with errors beside exact values, one figure and one table.
"""

PHYSICS = FIGURE.format(figure="figure5_thermodynamics_L{size}")
PHYSICS_TABLE = TABLE.format(table="thermodynamics")

PHYSICS_STORES = [
    *at_physics([store for path in (LATTICES, THERMODYNAMICS) for store in (path, manifest(path))]),
    *expand([PEAKS, manifest(PEAKS)], size=EXPERIMENT.lattice.size, seed=EXPERIMENT.seeds),
    *expand([EXACT, manifest(EXACT)], size=EXPERIMENT.lattice.size),
]
PHYSICS_RESULTS = with_manifests(
    [
        *expand(
            "{figure}.{suffix}",
            figure=PHYSICS.format(size=EXPERIMENT.lattice.size),
            suffix=["png", "pdf"],
        ),
        PHYSICS_TABLE,
    ]
)


rule thermodynamics:
    """Measure energy, specific heat, magnetization, susceptibility,
    Binder's ratio and correlations.
    """
    input:
        lattices=ancient(LATTICES),
        manifests=[manifest(LATTICES)],
    output:
        store=directory(THERMODYNAMICS),
        manifest=manifest(THERMODYNAMICS),
    log:
        LOG.format(job=f"thermodynamics/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"thermodynamics/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("measure thermodynamics"),
    shell:
        "isingdbn --code {params.code} measure thermodynamics --lattices {input.lattices}"
        " --output {output.store} > {log} 2>&1"


rule peaks:
    """Find the pseudo-critical temperatures by reweighting."""
    input:
        lattices=lambda wildcards: [ancient(store) for store in near_the_peak(wildcards)],
        manifests=lambda wildcards: [manifest(store) for store in near_the_peak(wildcards)],
    output:
        store=directory(PEAKS),
        manifest=manifest(PEAKS),
    log:
        LOG.format(job="peaks/L{size}_seed{seed}"),
    benchmark:
        BENCHMARK.format(job="peaks/L{size}_seed{seed}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("measure peaks"),
        between=EXPERIMENT.thermodynamics.peak,
    shell:
        "isingdbn --code {params.code} measure peaks --lattices {input.lattices}"
        " --between {params.between} --output {output.store} > {log} 2>&1"


rule exact:
    """Compute the exact curves of the finite torus."""
    output:
        store=directory(EXACT),
        manifest=manifest(EXACT),
    log:
        LOG.format(job="exact/L{size}"),
    benchmark:
        BENCHMARK.format(job="exact/L{size}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(30),
    params:
        code=code_of("exact"),
        temperatures=exact_temperatures(),
    shell:
        "isingdbn --code {params.code} exact --size {wildcards.size}"
        " --temperatures {params.temperatures} --output {output.store} > {log} 2>&1"


rule figure_thermodynamics:
    """Draw Figure 5, the physics of the lattices beside the exact one."""
    input:
        measured=[ancient(store) for store in at_physics(THERMODYNAMICS)],
        exact=ancient(EXACT),
        peaks=[
            ancient(store)
            for store in expand(
                PEAKS,
                seed=EXPERIMENT.seeds,
                allow_missing=True,
            )
        ],
        manifests=[
            *at_physics(manifest(THERMODYNAMICS)),
            manifest(EXACT),
            *expand(manifest(PEAKS), seed=EXPERIMENT.seeds, allow_missing=True),
        ],
    output:
        png=report(
            f"{PHYSICS}.png",
            caption="../report/thermodynamics.rst",
            category="Figure 5: physics of the lattices",
        ),
        pdf=f"{PHYSICS}.pdf",
        manifests=[manifest(f"{PHYSICS}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job="figure_thermodynamics/L{size}"),
    benchmark:
        BENCHMARK.format(job="figure_thermodynamics/L{size}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure thermodynamics"),
        pattern=lambda wildcards: THERMODYNAMICS.replace(POINT, "{point}"),
        points=at_physics(POINT),
    shell:
        "isingdbn --code {params.code} figure thermodynamics --measured {params.pattern:q}"
        " --points {params.points:q} --exact {input.exact} --peaks {input.peaks}"
        " --output {output.png} {output.pdf} > {log} 2>&1"


rule thermodynamics_table:
    """Gather the thermal averages of all temperatures, with exact values
    and pulls, into a CSV table.
    """
    input:
        stores=[ancient(store) for store in at_physics(THERMODYNAMICS)],
        manifests=at_physics(manifest(THERMODYNAMICS)),
    output:
        csv=report(
            PHYSICS_TABLE,
            caption="../report/thermodynamics_table.rst",
            category="Tables",
            labels={"table": "thermodynamics"},
        ),
        manifest=manifest(PHYSICS_TABLE),
    log:
        LOG.format(job="table/thermodynamics"),
    benchmark:
        BENCHMARK.format(job="table/thermodynamics")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("table thermodynamics"),
        pattern=lambda wildcards: THERMODYNAMICS.replace(POINT, "{point}"),
        points=at_physics(POINT),
    shell:
        "isingdbn --code {params.code} table thermodynamics --inputs {params.pattern:q}"
        " --points {params.points:q} --output {output.csv} > {log} 2>&1"
