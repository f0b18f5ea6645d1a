"""Stage 3, analyse.

In: trained nets and lattices. Out: one store a measurement of each net, and the tables of all nets.
"""


use rule isingdbn as receptive_fields with:
    """Compute the receptive fields of every layer, before and after fine-tuning."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        manifests=lambda wildcards: manifests(
            *LAYOUT.network_of(wildcards), *LAYOUT.stack_of(wildcards)
        ),
    output:
        store=directory(RECEPTIVE_FIELDS),
        manifest=manifest(RECEPTIVE_FIELDS),
    log:
        LOG.format(job=f"receptive_fields/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"receptive_fields/{TRAINED}")
    params:
        command=command("analyse receptive-fields"),


use rule isingdbn as dead_neurons with:
    """Find the dead neurons of every layer, before and after fine-tuning."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.all_of(wildcards)),
    output:
        store=directory(DEAD_NEURONS),
        manifest=manifest(DEAD_NEURONS),
    log:
        LOG.format(job=f"dead_neurons/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"dead_neurons/{TRAINED}")
    params:
        command=command("analyse dead-neurons"),
        settings=options(EXPERIMENT.analysis.dead_neurons),


use rule isingdbn as emergence with:
    """Measure every unit as it was after some epochs of the training."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.all_of(wildcards)),
    output:
        store=directory(EMERGENCE),
        manifest=manifest(EMERGENCE),
    log:
        LOG.format(job=f"emergence/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"emergence/{TRAINED}")
    params:
        command=command("analyse emergence"),
        settings=options(EXPERIMENT.analysis.dead_neurons),


use rule isingdbn as metrics with:
    """Measure the receptive fields of every layer by every metric."""
    input:
        fields=ancient(RECEPTIVE_FIELDS),
        dead=ancient(DEAD_NEURONS),
        manifests=manifests(RECEPTIVE_FIELDS, DEAD_NEURONS),
    output:
        store=directory(METRICS),
        manifest=manifest(METRICS),
    log:
        LOG.format(job=f"metrics/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"metrics/{TRAINED}")
    params:
        command=command("analyse metrics"),


use rule isingdbn as definitions with:
    """Compare three definitions of the receptive fields of every layer."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        dead=ancient(DEAD_NEURONS),
        manifests=lambda wildcards: manifests(
            *LAYOUT.all_of(wildcards), DEAD_NEURONS.format(**wildcards)
        ),
    output:
        store=directory(DEFINITIONS),
        manifest=manifest(DEFINITIONS),
    log:
        LOG.format(job=f"definitions/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"definitions/{TRAINED}")
    params:
        command=command("analyse definitions"),


use rule isingdbn as portraits with:
    """Gather what a reader is shown of every unit of a net, in little space."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        dead=ancient(DEAD_NEURONS),
        metrics=ancient(METRICS),
        emergence=ancient(EMERGENCE),
        manifests=lambda wildcards: manifests(
            *LAYOUT.all_of(wildcards),
            *filled([DEAD_NEURONS, METRICS, EMERGENCE], **wildcards),
        ),
    output:
        store=directory(PORTRAITS),
        manifest=manifest(PORTRAITS),
    log:
        LOG.format(job=f"portraits/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"portraits/{TRAINED}")
    params:
        command=command("analyse portraits"),


use rule isingdbn as code with:
    """Measure the code of a net, and what of the physics of lattices it carries."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.all_of(wildcards)),
    output:
        store=directory(CODES),
        manifest=manifest(CODES),
    log:
        LOG.format(job=f"code/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"code/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        command=command("analyse code"),


use rule isingdbn as reconstruction with:
    """Measure the held-out reconstruction error beside those of three baselines."""
    input:
        network=lambda wildcards: ancients(LAYOUT.network_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.all_of(wildcards)),
    output:
        store=directory(RECONSTRUCTION),
        manifest=manifest(RECONSTRUCTION),
    log:
        LOG.format(job=f"reconstruction/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"reconstruction/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        command=command("analyse reconstruction"),
        settings=options(EXPERIMENT.analysis.reconstruction),


use rule isingdbn as evaluate with:
    """Evaluate the first machine of a net as a model of its data."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYER.format(layer=0, **wildcards), LAYOUT.data_of(wildcards)
        ),
    output:
        store=directory(EVALUATION),
        manifest=manifest(EVALUATION),
    log:
        LOG.format(job=f"evaluation/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"evaluation/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(20),
    params:
        command=command("evaluate"),
        settings=lambda wildcards: options(EXPERIMENT.analysis.evaluation),
        threads=several,


use rule isingdbn as discriminate with:
    """Tell lattices from surrogates by the machines of two nets, and by physics."""
    input:
        layers=lambda wildcards: ancients(LAYOUT.stack_of({**wildcards, "data": ISING})),
        lattices=ancient(LATTICES),
        control_layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        control_lattices=ancient(SURROGATES),
        manifests=lambda wildcards: manifests(
            *LAYOUT.stack_of({**wildcards, "data": ISING}),
            *LAYOUT.stack_of(wildcards),
            *filled([LATTICES, SURROGATES], **wildcards),
        ),
    output:
        store=directory(DISCRIMINATION),
        manifest=manifest(DISCRIMINATION),
    log:
        LOG.format(job=f"discrimination/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"discrimination/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        command=command("discriminate"),
        threads=several,


use rule isingdbn as discriminate_epochs with:
    """Tell lattices from surrogates by the first machines of two nets, after some epochs."""
    input:
        layers=lambda wildcards: ancient(LAYER.format(**{**wildcards, "layer": 0, "data": ISING})),
        lattices=ancient(LATTICES),
        control_layers=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        control_lattices=ancient(SURROGATES),
        manifests=lambda wildcards: manifests(
            LAYER.format(**{**wildcards, "layer": 0, "data": ISING}),
            LAYER.format(layer=0, **wildcards),
            *filled([LATTICES, SURROGATES], **wildcards),
        ),
    output:
        store=directory(DISCRIMINATION_OVER_EPOCHS),
        manifest=manifest(DISCRIMINATION_OVER_EPOCHS),
    log:
        LOG.format(job=f"discrimination_over_epochs/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"discrimination_over_epochs/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        command=command("discriminate-epochs"),


use rule isingdbn as mixing with:
    """Measure how many Gibbs sweeps the first machine of a net takes to forget."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYER.format(layer=0, **wildcards), LAYOUT.data_of(wildcards)
        ),
    output:
        store=directory(MIXING),
        manifest=manifest(MIXING),
    log:
        LOG.format(job=f"mixing/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"mixing/{TRAINED}")
    resources:
        mem_mb=rising(2000),
        runtime=rising(20),
    params:
        command=command("mixing"),
        settings=options(EXPERIMENT.analysis.mixing),


use rule isingdbn as machine_couplings with:
    """Read the couplings between spins from the weights of the first machine of a net."""
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        manifests=lambda wildcards: manifests(LAYER.format(layer=0, **wildcards)),
    output:
        store=directory(MACHINE_COUPLINGS),
        manifest=manifest(MACHINE_COUPLINGS),
    log:
        LOG.format(job=f"machine_couplings/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"machine_couplings/{TRAINED}")
    params:
        command=command("couplings machine"),
        settings=options(EXPERIMENT.analysis.couplings),


use rule isingdbn as lattice_couplings with:
    """Fit the effective couplings of lattices, or of surrogates of them."""
    input:
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        manifests=lambda wildcards: manifests(LAYOUT.data_of(wildcards)),
    output:
        store=directory(LATTICE_COUPLINGS),
        manifest=manifest(LATTICE_COUPLINGS),
    log:
        LOG.format(job=f"lattice_couplings/{{data}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"lattice_couplings/{{data}}/{POINT}")
    params:
        command=command("couplings lattices"),


use rule isingdbn as lattice_couplings_table with:
    """Gather the effective couplings of what machines are trained on."""
    input:
        inputs=ancients(LAYOUT.lattice_couplings),
        manifests=manifests(*LAYOUT.lattice_couplings),
    output:
        csv=report(
            TABLE.format(table="lattice_couplings"),
            caption="../report/lattice_couplings.rst",
            category="Tables",
            labels={"table": "lattice_couplings"},
        ),
        manifest=manifest(TABLE.format(table="lattice_couplings")),
    log:
        LOG.format(job="table/lattice_couplings"),
    benchmark:
        BENCHMARK.format(job="table/lattice_couplings")
    params:
        command=command("table lattice-couplings"),


use rule isingdbn as table with:
    """Gather one measurement of all nets into a CSV table."""
    input:
        stores=lambda wildcards: ancients(LAYOUT.table_inputs(wildcards.table)),
        manifests=lambda wildcards: manifests(*LAYOUT.table_inputs(wildcards.table)),
    output:
        csv=report(
            TABLE,
            caption="../report/table.rst",
            category="Tables",
            labels={"table": "{table}"},
        ),
        manifest=manifest(TABLE),
    log:
        LOG.format(job="table/{table}"),
    benchmark:
        BENCHMARK.format(job="table/{table}")
    wildcard_constraints:
        table="|".join([*LAYOUT.tables, *LAYOUT.study]),
    params:
        command=lambda wildcards: command(LAYOUT.command_of(wildcards.table)),
        paths=lambda wildcards, output: ["--output", output.csv],
        # A command of all stores could be longer than the system allows; patterns are not.
        settings=lambda wildcards: LAYOUT.table_settings(wildcards.table),


use rule isingdbn as scorecard with:
    """Judge every claim by the tables."""
    input:
        tables=filled(TABLE, table=LAYOUT.judged_by),
        manifests=manifests(*filled(TABLE, table=LAYOUT.judged_by)),
    output:
        csv=report(SCORECARD["csv"], caption="../report/scorecard.rst", category="Scorecard"),
        comparisons=SCORECARD["comparisons"],
        json=SCORECARD["json"],
        manifests=manifests(*SCORECARD.values()),
    log:
        LOG.format(job="scorecard"),
    benchmark:
        BENCHMARK.format(job="scorecard")
    params:
        command=command("scorecard"),
