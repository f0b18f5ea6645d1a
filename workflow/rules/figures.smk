"""Stage 4, figures.

In: measurements. Out: every figure as PNG and PDF, with its caption in the report.
"""


use rule isingdbn as figure_loss with:
    """Draw Figure 1, the reconstruction loss over epochs."""
    input:
        network=ancient(NETWORK),
        reconstruction=ancient(RECONSTRUCTION),
        manifests=manifests(NETWORK, RECONSTRUCTION),
    output:
        **images("loss"),
    log:
        LOG.format(job=f"figure_loss/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"figure_loss/{TRAINED}")
    params:
        command=command("figure loss"),
        settings=lambda wildcards: ["--label", LAYOUT.label_of(wildcards)],


use rule isingdbn as figure_reconstructions with:
    """Draw Figure 2, the same held-out lattices reconstructed by every net of a selection."""
    input:
        inputs=lambda wildcards: ancients(LAYOUT.reconstructions_of(wildcards)),
        manifests=lambda wildcards: manifests(*LAYOUT.reconstructions_of(wildcards)),
    output:
        **images("reconstructions"),
    log:
        LOG.format(job=f"figure_reconstructions/{{selection}}/{{data}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"figure_reconstructions/{{selection}}/{{data}}/{POINT}")
    params:
        command=command("figure reconstructions"),
        settings=lambda wildcards: ["--labels", *LAYOUT.labels_on(wildcards)],


use rule isingdbn as figure_receptive_fields with:
    """Draw Figure 3, the receptive fields of one net, at one stage and in one colormap."""
    input:
        fields=ancient(RECEPTIVE_FIELDS),
        dead=ancient(DEAD_NEURONS),
        manifests=manifests(RECEPTIVE_FIELDS, DEAD_NEURONS),
    output:
        **images("receptive_fields"),
    log:
        LOG.format(job=f"figure_receptive_fields/{{net}}/{{data}}/{{stage}}_{{colormap}}_{POINT}"),
    benchmark:
        BENCHMARK.format(
            job=f"figure_receptive_fields/{{net}}/{{data}}/{{stage}}_{{colormap}}_{POINT}"
        )
    params:
        command=command("figure receptive-fields"),
        settings=lambda wildcards: [
            *("--stage", wildcards.stage, "--colormap", wildcards.colormap),
            *("--label", LAYOUT.label_of(wildcards)),
        ],


use rule isingdbn as figure_dead_neurons with:
    """Draw Table 1, the dead neurons of every layer of the nets of a selection."""
    input:
        table=lambda wildcards: LAYOUT.dead_neurons_of(wildcards),
        manifests=lambda wildcards: manifests(LAYOUT.dead_neurons_of(wildcards)),
    output:
        **images("dead_neurons"),
    log:
        LOG.format(job="figure_dead_neurons_{selection}"),
    benchmark:
        BENCHMARK.format(job="figure_dead_neurons_{selection}")
    params:
        command=command("figure dead-neurons"),


use rule isingdbn as figure_reconstruction_error with:
    """Draw Figure 4, the held-out errors of all nets beside the baselines."""
    input:
        table=TABLE.format(table="reconstruction_error"),
        manifests=manifests(TABLE.format(table="reconstruction_error")),
    output:
        **images("reconstruction_error"),
    log:
        LOG.format(job="figure_reconstruction_error"),
    benchmark:
        BENCHMARK.format(job="figure_reconstruction_error")
    params:
        command=command("figure reconstruction-error"),


use rule isingdbn as figure_twins with:
    """Draw Figure 6, the fields of nets on lattices and on their twins."""
    input:
        table=TABLE.format(table="metrics"),
        manifests=manifests(TABLE.format(table="metrics")),
    output:
        **images("twins"),
    log:
        LOG.format(job="figure_twins"),
    benchmark:
        BENCHMARK.format(job="figure_twins")
    params:
        command=command("figure twins"),


use rule isingdbn as figure_dial with:
    """Draw Figure 7, the size of fields against the kurtosis of a pixel."""
    input:
        table=TABLE.format(table="metrics"),
        manifests=manifests(TABLE.format(table="metrics")),
    output:
        **images("dial"),
    log:
        LOG.format(job="figure_dial"),
    benchmark:
        BENCHMARK.format(job="figure_dial")
    params:
        command=command("figure dial"),


use rule isingdbn as figure_width_law with:
    """Draw Figure 8, the size of fields against the number of units."""
    input:
        table=TABLE.format(table="metrics"),
        manifests=manifests(TABLE.format(table="metrics")),
    output:
        **images("width_law"),
    log:
        LOG.format(job="figure_width_law"),
    benchmark:
        BENCHMARK.format(job="figure_width_law")
    params:
        command=command("figure width-law"),


use rule isingdbn as figure_blindness with:
    """Draw Figure 9, how well machines and physics tell lattices from twins."""
    input:
        table=TABLE.format(table="discrimination"),
        manifests=manifests(TABLE.format(table="discrimination")),
    output:
        **images("blindness"),
    log:
        LOG.format(job="figure_blindness"),
    benchmark:
        BENCHMARK.format(job="figure_blindness")
    params:
        command=command("figure blindness"),


use rule isingdbn as figure_fourier with:
    """Draw Figure 10, the code's share in the lowest Fourier modes."""
    input:
        table=TABLE.format(table="metrics"),
        manifests=manifests(TABLE.format(table="metrics")),
    output:
        **images("fourier"),
    log:
        LOG.format(job="figure_fourier"),
    benchmark:
        BENCHMARK.format(job="figure_fourier")
    params:
        command=command("figure fourier"),


use rule isingdbn as figure_emergence with:
    """Draw Figure 11, fields and dead neurons while nets are trained."""
    input:
        table=TABLE.format(table="emergence"),
        dead=TABLE.format(table="dead_neurons"),
        manifests=manifests(*filled(TABLE, table=["emergence", "dead_neurons"])),
    output:
        **images("emergence"),
    log:
        LOG.format(job="figure_emergence"),
    benchmark:
        BENCHMARK.format(job="figure_emergence")
    params:
        command=command("figure emergence"),


use rule isingdbn as figure_block_couplings with:
    """Draw Figure 12, the couplings of block spins and of hidden spins."""
    input:
        table=TABLE.format(table="block_couplings"),
        manifests=manifests(TABLE.format(table="block_couplings")),
    output:
        **images("block_couplings"),
    log:
        LOG.format(job="figure_block_couplings"),
    benchmark:
        BENCHMARK.format(job="figure_block_couplings")
    params:
        command=command("figure block-couplings"),


use rule isingdbn as figure_exponents with:
    """Draw Figure 13, the exponents under block-spin maps and nets."""
    input:
        table=TABLE.format(table="exponents"),
        manifests=manifests(TABLE.format(table="exponents")),
    output:
        **images("exponents"),
    log:
        LOG.format(job="figure_exponents"),
    benchmark:
        BENCHMARK.format(job="figure_exponents")
    params:
        command=command("figure exponents"),


use rule isingdbn as figure_information with:
    """Draw Figure 16, what block spins and hidden spins keep of lattices."""
    input:
        table=TABLE.format(table="information"),
        manifests=manifests(TABLE.format(table="information")),
    output:
        **images("information"),
    log:
        LOG.format(job="figure_information"),
    benchmark:
        BENCHMARK.format(job="figure_information")
    params:
        command=command("figure information"),


use rule isingdbn as figure_blindness_over_epochs with:
    """Draw Figure 17, how machines learn to tell lattices from twins, and how they mix."""
    input:
        table=TABLE.format(table="discrimination_over_epochs"),
        mixing=TABLE.format(table="mixing"),
        manifests=manifests(*filled(TABLE, table=["discrimination_over_epochs", "mixing"])),
    output:
        **images("blindness_over_epochs"),
    log:
        LOG.format(job="figure_blindness_over_epochs"),
    benchmark:
        BENCHMARK.format(job="figure_blindness_over_epochs")
    params:
        command=command("figure blindness-over-epochs"),


use rule isingdbn as figure_map_fields with:
    """Draw Figure 21, the fields of stacks that are compared as block-spin maps."""
    input:
        inputs=ancients(list(LAYOUT.stacks_mapped)),
        manifests=manifests(*LAYOUT.stacks_mapped),
    output:
        **images("map_fields"),
    log:
        LOG.format(job="figure_map_fields"),
    benchmark:
        BENCHMARK.format(job="figure_map_fields")
    params:
        command=command("figure map-fields"),
        settings=["--labels", *LAYOUT.stacks_mapped.values()],


use rule isingdbn as figure_flow with:
    """Draw Figure 14, where machines take lattices that they are iterated on."""
    input:
        table=TABLE.format(table="flow"),
        manifests=manifests(TABLE.format(table="flow")),
    output:
        **images("flow"),
    log:
        LOG.format(job="figure_flow"),
    benchmark:
        BENCHMARK.format(job="figure_flow")
    params:
        command=command("figure flow"),


use rule isingdbn as figure_fixed_points with:
    """Draw Figure 20, where machines rest without noise."""
    input:
        table=TABLE.format(table="fixed_points"),
        manifests=manifests(TABLE.format(table="fixed_points")),
    output:
        **images("fixed_points"),
    log:
        LOG.format(job="figure_fixed_points"),
    benchmark:
        BENCHMARK.format(job="figure_fixed_points")
    params:
        command=command("figure fixed-points"),


use rule isingdbn as figure_code with:
    """Draw Figure 15, what of the physics of lattices a code carries."""
    input:
        table=TABLE.format(table="code"),
        manifests=manifests(TABLE.format(table="code")),
    output:
        **images("code"),
    log:
        LOG.format(job="figure_code"),
    benchmark:
        BENCHMARK.format(job="figure_code")
    params:
        command=command("figure code"),


use rule isingdbn as figure_onset with:
    """Draw Figure 18, when fields become local and how large they are."""
    input:
        table=TABLE.format(table="emergence"),
        sizes=TABLE.format(table="metrics"),
        manifests=manifests(*filled(TABLE, table=["emergence", "metrics"])),
    output:
        **images("onset"),
    log:
        LOG.format(job="figure_onset"),
    benchmark:
        BENCHMARK.format(job="figure_onset")
    params:
        command=command("figure onset"),


use rule isingdbn as figure_more_twins with:
    """Draw Figure 19, the fields of spin and Gaussian stacks on all twins."""
    input:
        table=TABLE.format(table="metrics"),
        manifests=manifests(TABLE.format(table="metrics")),
    output:
        **images("more_twins"),
    log:
        LOG.format(job="figure_more_twins"),
    benchmark:
        BENCHMARK.format(job="figure_more_twins")
    params:
        command=command("figure more-twins"),


use rule isingdbn as figure_dial_160 with:
    """Draw Figure 22, sizes and onsets against kurtosis over 160 epochs."""
    input:
        table=TABLE.format(table="emergence"),
        manifests=manifests(TABLE.format(table="emergence")),
    output:
        **images("dial_160"),
    log:
        LOG.format(job="figure_dial_160"),
    benchmark:
        BENCHMARK.format(job="figure_dial_160")
    params:
        command=command("figure dial-160"),


use rule isingdbn as figure_scorecard with:
    """Draw the scorecard, the verdict on every claim."""
    input:
        table=SCORECARD["csv"],
        manifests=manifests(SCORECARD["csv"]),
    output:
        **images("scorecard"),
    log:
        LOG.format(job="figure_scorecard"),
    benchmark:
        BENCHMARK.format(job="figure_scorecard")
    params:
        command=command("figure scorecard"),


use rule isingdbn as figure_fields with:
    """Make the page of fields, of every unit of every net."""
    input:
        portraits=lambda wildcards: ancients(LAYOUT.portraits),
        manifests=lambda wildcards: manifests(*LAYOUT.portraits),
    output:
        **images("fields"),
    log:
        LOG.format(job="figure_fields"),
    benchmark:
        BENCHMARK.format(job="figure_fields")
    resources:
        mem_mb=rising(3000),
        runtime=rising(20),
    params:
        command=command("figure fields"),
        paths=lambda wildcards, output: ["--output", output.html],
        settings=lambda wildcards: LAYOUT.portrait_settings(),


use rule isingdbn as figure_film with:
    """Draw the film of fields, of some units while a net is trained."""
    input:
        portraits=ancient(PORTRAITS),
        manifests=manifests(PORTRAITS),
    output:
        **images("film"),
    log:
        LOG.format(job=f"figure_film/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"figure_film/{TRAINED}")
    params:
        command=command("figure film"),
        settings=lambda wildcards: ["--label", LAYOUT.label_of(wildcards)],
