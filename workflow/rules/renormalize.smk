"""Is a net a block-spin map?

In: trained nets, lattices and surrogates of them. Out: block spins by rules, and hidden spins of
nets on grids; couplings, exponents and what they keep of their lattices; lattices that machines
draw, and where machines go without noise; tables.
"""


use rule isingdbn as block_spins with:
    """Make block spins by a rule."""
    input:
        lattices=lambda wildcards: ancient(LAYOUT.mapped_from(wildcards)),
        manifests=lambda wildcards: manifests(LAYOUT.mapped_from(wildcards)),
    output:
        store=directory(BY_RULE),
        manifest=manifest(BY_RULE),
    log:
        LOG.format(job=f"block_spins/{{rule}}_{{block}}/{{on}}/{POINT}_step{{step}}"),
    benchmark:
        BENCHMARK.format(job=f"block_spins/{{rule}}_{{block}}/{{on}}/{POINT}_step{{step}}")
    params:
        command=command("renormalize"),
        settings=lambda wildcards: ["--rule", wildcards.rule, "--block", wildcards.block],


use rule isingdbn as hidden_spins with:
    """Draw the hidden spins of a net, and lay them on a grid."""
    input:
        layers=lambda wildcards: ancients(LAYOUT.layers_up_to(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.mapped_of(wildcards)),
        manifests=lambda wildcards: manifests(
            *LAYOUT.layers_up_to(wildcards), LAYOUT.mapped_of(wildcards)
        ),
    output:
        store=directory(BY_NET),
        manifest=manifest(BY_NET),
    log:
        LOG.format(job=f"hidden_spins/{{net}}.{{data}}/{{on}}/{POINT}_step{{step}}"),
    benchmark:
        BENCHMARK.format(job=f"hidden_spins/{{net}}.{{data}}/{{on}}/{POINT}_step{{step}}")
    params:
        command=command("hidden-spins"),


use rule isingdbn as block_couplings with:
    """Fit the effective couplings of block spins, or of hidden spins."""
    input:
        lattices=ancient(BLOCK_SPINS),
        manifests=manifests(BLOCK_SPINS),
    output:
        store=directory(BLOCK_COUPLINGS),
        manifest=manifest(BLOCK_COUPLINGS),
    log:
        LOG.format(job=f"block_couplings/{{map}}/{{on}}/{POINT}_step{{step}}"),
    benchmark:
        BENCHMARK.format(job=f"block_couplings/{{map}}/{{on}}/{POINT}_step{{step}}")
    params:
        command=command("couplings lattices"),


use rule isingdbn as exponents with:
    """Measure the exponents of lattices under a map."""
    input:
        lattices=lambda wildcards: ancient(LAYOUT.mapped_of(wildcards)),
        levels=lambda wildcards: ancients(LAYOUT.levels_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYOUT.mapped_of(wildcards), *LAYOUT.levels_of(wildcards)
        ),
    output:
        store=directory(EXPONENTS),
        manifest=manifest(EXPONENTS),
    log:
        LOG.format(job=f"exponents/{{map}}/{{on}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"exponents/{{map}}/{{on}}/{POINT}")
    params:
        command=command("exponents"),


use rule isingdbn as information with:
    """Measure what block spins, or hidden spins, keep of their lattices."""
    input:
        blocks=ancient(BLOCK_SPINS),
        lattices=lambda wildcards: ancient(LAYOUT.mapped_of(wildcards)),
        manifests=lambda wildcards: manifests(
            BLOCK_SPINS.format(**wildcards), LAYOUT.mapped_of(wildcards)
        ),
    output:
        store=directory(INFORMATION),
        manifest=manifest(INFORMATION),
    log:
        LOG.format(job=f"information/{{map}}/{{on}}/{POINT}_step{{step}}"),
    benchmark:
        BENCHMARK.format(job=f"information/{{map}}/{{on}}/{POINT}_step{{step}}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        command=command("information"),


use rule isingdbn as flow with:
    """Follow the flow of the first machine of a net from lattices of all temperatures."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=lambda wildcards: ancients(LAYOUT.starts_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYER.format(layer=0, **wildcards), *LAYOUT.starts_of(wildcards)
        ),
    output:
        store=directory(FLOW),
        manifest=manifest(FLOW),
    log:
        LOG.format(job=f"flow/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"flow/{TRAINED}")
    params:
        command=command("flow"),
        settings=options(EXPERIMENT.analysis.flow),


use rule isingdbn as fixed_points with:
    """Find the fixed points of the means of the first machine of a net."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYER.format(layer=0, **wildcards), LAYOUT.data_of(wildcards)
        ),
    output:
        store=directory(FIXED_POINTS),
        manifest=manifest(FIXED_POINTS),
    log:
        LOG.format(job=f"fixed_points/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"fixed_points/{TRAINED}")
    params:
        command=command("fixed-points"),
        settings=options(EXPERIMENT.analysis.fixed_points),


use rule isingdbn as sample with:
    """Draw lattices from the first machine of a net."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYER.format(layer=0, **wildcards), LAYOUT.data_of(wildcards)
        ),
    output:
        store=directory(SAMPLES),
        manifest=manifest(SAMPLES),
    log:
        LOG.format(job=f"sample/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"sample/{TRAINED}")
    params:
        command=command("sample"),
        settings=options(EXPERIMENT.analysis.samples),


use rule isingdbn as machine_exponents with:
    """Measure the exponents of lattices that a machine draws, by the majority rule."""
    input:
        lattices=ancient(SAMPLES),
        manifests=manifests(SAMPLES),
    output:
        store=directory(MACHINE_EXPONENTS),
        manifest=manifest(MACHINE_EXPONENTS),
    log:
        LOG.format(job=f"machine_exponents/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"machine_exponents/{TRAINED}")
    params:
        command=command("exponents"),
        settings=["--rule", "majority", "--block", "2", "--steps", str(LAYOUT.majority_steps)],


use rule isingdbn as block_table with:
    """Gather one measurement of all block spins."""
    input:
        stores=lambda wildcards: ancients(LAYOUT.block_table_inputs(wildcards.block_table)),
        manifests=lambda wildcards: manifests(*LAYOUT.block_table_inputs(wildcards.block_table)),
    output:
        csv=report(
            TABLE.format(table="{block_table}"),
            caption="../report/block_table.rst",
            category="Tables",
            labels={"table": "{block_table}"},
        ),
        manifest=manifest(TABLE.format(table="{block_table}")),
    log:
        LOG.format(job="table/{block_table}"),
    benchmark:
        BENCHMARK.format(job="table/{block_table}")
    params:
        command=lambda wildcards: command(f"table {wildcards.block_table.replace('_', '-')}"),
        paths=lambda wildcards, output: ["--output", output.csv],
        settings=lambda wildcards: LAYOUT.block_table_settings(wildcards.block_table),
