"""The physics of the lattices.

In: lattices. Out: thermal averages with errors beside exact values, one figure and one table.
"""


use rule isingdbn as thermodynamics with:
    """Measure thermal averages and correlations."""
    input:
        lattices=ancient(LATTICES),
        manifests=manifests(LATTICES),
    output:
        store=directory(THERMODYNAMICS),
        manifest=manifest(THERMODYNAMICS),
    log:
        LOG.format(job=f"thermodynamics/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"thermodynamics/{POINT}")
    params:
        command=command("measure thermodynamics"),


use rule isingdbn as peaks with:
    """Find the pseudo-critical temperatures by reweighting."""
    input:
        lattices=lambda wildcards: ancients(LAYOUT.near_the_peak(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.near_the_peak(wildcards)),
    output:
        store=directory(PEAKS),
        manifest=manifest(PEAKS),
    log:
        LOG.format(job="peaks/L{size}_seed{seed}"),
    benchmark:
        BENCHMARK.format(job="peaks/L{size}_seed{seed}")
    params:
        command=command("measure peaks"),
        settings=["--between", *map(str, EXPERIMENT.thermodynamics.peak)],


use rule isingdbn as exact with:
    """Compute the exact curves of the finite torus."""
    output:
        store=directory(EXACT),
        manifest=manifest(EXACT),
    log:
        LOG.format(job="exact/L{size}"),
    benchmark:
        BENCHMARK.format(job="exact/L{size}")
    resources:
        mem_mb=rising(1000),
        runtime=rising(30),
    params:
        command=command("exact"),
        settings=lambda wildcards: [
            *("--size", wildcards.size),
            *("--temperatures", *LAYOUT.exact_temperatures()),
        ],


use rule isingdbn as figure_thermodynamics with:
    """Draw Figure 5, the physics of the lattices beside the exact one."""
    input:
        measured=ancients(LAYOUT.at_physics(THERMODYNAMICS)),
        exact=ancient(EXACT),
        peaks=ancients(filled(PEAKS, seed=EXPERIMENT.seeds)),
        manifests=manifests(
            *LAYOUT.at_physics(THERMODYNAMICS), EXACT, *filled(PEAKS, seed=EXPERIMENT.seeds)
        ),
    output:
        **images("thermodynamics"),
    log:
        LOG.format(job="figure_thermodynamics/L{size}"),
    benchmark:
        BENCHMARK.format(job="figure_thermodynamics/L{size}")
    params:
        command=command("figure thermodynamics"),
        paths=lambda wildcards, input, output: [
            *("--measured", THERMODYNAMICS.replace(POINT, "{point}")),
            *("--points", *LAYOUT.at_physics(POINT)),
            *("--exact", input.exact, "--peaks", *input.peaks),
            *("--output", output.png, output.pdf, output.html),
        ],


use rule isingdbn as thermodynamics_table with:
    """Gather the thermal averages of all temperatures, with exact values and pulls."""
    input:
        stores=ancients(LAYOUT.at_physics(THERMODYNAMICS)),
        manifests=manifests(*LAYOUT.at_physics(THERMODYNAMICS)),
    output:
        csv=report(
            TABLE.format(table="thermodynamics"),
            caption="../report/thermodynamics_table.rst",
            category="Tables",
            labels={"table": "thermodynamics"},
        ),
        manifest=manifest(TABLE.format(table="thermodynamics")),
    log:
        LOG.format(job="table/thermodynamics"),
    benchmark:
        BENCHMARK.format(job="table/thermodynamics")
    params:
        command=command("table thermodynamics"),
        paths=lambda wildcards, output: [
            *("--inputs", THERMODYNAMICS.replace(POINT, "{point}")),
            *("--points", *LAYOUT.at_physics(POINT)),
            *("--output", output.csv),
        ],


use rule isingdbn as peaks_table with:
    """Gather the pseudo-critical temperatures of all seeds."""
    input:
        stores=ancients(filled(PEAKS, **LAYOUT.at)),
        manifests=manifests(*filled(PEAKS, **LAYOUT.at)),
    output:
        csv=report(
            TABLE.format(table="peaks"),
            caption="../report/peaks_table.rst",
            category="Tables",
            labels={"table": "peaks"},
        ),
        manifest=manifest(TABLE.format(table="peaks")),
    log:
        LOG.format(job="table/peaks"),
    benchmark:
        BENCHMARK.format(job="table/peaks")
    params:
        command=command("table peaks"),
        paths=lambda wildcards, output: [
            *("--inputs", *filled(PEAKS, **LAYOUT.at)),
            *("--output", output.csv),
        ],
