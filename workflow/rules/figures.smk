"""Stage 4, figures.

In: measurements. Out: every figure as PNG and PDF, with its caption in the report.
"""

LOSS = FIGURE.format(figure=f"figure1_loss_{{net}}_{POINT}")
EXAMPLES = FIGURE.format(figure=f"figure2_reconstructions_{POINT}")
FIELDS = FIGURE.format(figure=f"figure3_receptive_fields_{{net}}_{{stage}}_{{colormap}}_{POINT}")
DEAD_TABLE = FIGURE.format(figure="table1_dead_neurons")
ERRORS = FIGURE.format(figure="figure4_reconstruction_error")

DIVERGING = "RdBu_r"

ALL_TABLES = with_manifests(
    expand(
        TABLE,
        table=[
            "dead_neurons",
            "reconstruction_error",
            "training",
            *(["evaluation"] if EVALUATED else []),
        ],
    )
)
ALL_FIGURES = with_manifests(
    expand(
        "{figure}.{suffix}",
        figure=[
            *every_point(LOSS, net=FINETUNED),
            *every_point(EXAMPLES),
            *[
                figure
                for net in EXPERIMENT.nets
                for figure in every_point(
                    FIELDS,
                    net=net.name,
                    stage=stages_of(net.name),
                    colormap=[net.colormap, DIVERGING],
                )
            ],
            DEAD_TABLE,
            ERRORS,
        ],
        suffix=["png", "pdf"],
    )
)


rule figure_loss:
    """Draw Figure 1, the reconstruction loss over epochs."""
    input:
        network=ancient(NETWORK),
        reconstruction=ancient(RECONSTRUCTION),
        manifests=[manifest(NETWORK), manifest(RECONSTRUCTION)],
    output:
        png=report(
            f"{LOSS}.png",
            caption="../report/loss.rst",
            category="Figure 1: loss",
            labels={"net": "{net}", "temperature": "{temperature}", "seed": "{seed}"},
        ),
        pdf=f"{LOSS}.pdf",
        manifests=[manifest(f"{LOSS}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job=f"figure_loss/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"figure_loss/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure loss"),
        label=label_of,
    shell:
        "isingdbn --code {params.code} figure loss --network {input.network}"
        " --reconstruction {input.reconstruction}"
        " --label {params.label:q} --output {output.png} {output.pdf} > {log} 2>&1"


rule figure_reconstructions:
    """Draw Figure 2, the same held-out lattices reconstructed by every net."""
    input:
        stores=lambda wildcards: [ancient(store) for store in reconstructions_of_all(wildcards)],
        manifests=lambda wildcards: (
            [manifest(store) for store in reconstructions_of_all(wildcards)]
        ),
    output:
        png=report(
            f"{EXAMPLES}.png",
            caption="../report/reconstructions.rst",
            category="Figure 2: reconstructions",
            labels={"temperature": "{temperature}", "seed": "{seed}"},
        ),
        pdf=f"{EXAMPLES}.pdf",
        manifests=[manifest(f"{EXAMPLES}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job=f"figure_reconstructions/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"figure_reconstructions/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure reconstructions"),
        labels=[f"{net.name} ({net.recipe} recipe)" for net in NETS.values()],
    shell:
        "isingdbn --code {params.code} figure reconstructions --inputs {input.stores}"
        " --labels {params.labels:q} --output {output.png} {output.pdf} > {log} 2>&1"


rule figure_receptive_fields:
    """Draw Figure 3, the receptive fields of one net, after pre-training or after
    fine-tuning, in one colormap.
    """
    input:
        fields=ancient(RECEPTIVE_FIELDS),
        dead=ancient(DEAD_NEURONS),
        manifests=[manifest(RECEPTIVE_FIELDS), manifest(DEAD_NEURONS)],
    output:
        png=report(
            f"{FIELDS}.png",
            caption="../report/receptive_fields.rst",
            category="Figure 3: receptive fields",
            labels={
                "net": "{net}",
                "stage": "{stage}",
                "colormap": "{colormap}",
                "temperature": "{temperature}",
                "seed": "{seed}",
            },
        ),
        pdf=f"{FIELDS}.pdf",
        manifests=[manifest(f"{FIELDS}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job=f"figure_receptive_fields/{{net}}/{{stage}}_{{colormap}}_{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"figure_receptive_fields/{{net}}/{{stage}}_{{colormap}}_{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure receptive-fields"),
        label=label_of,
    shell:
        "isingdbn --code {params.code} figure receptive-fields --fields {input.fields}"
        " --dead {input.dead} --stage {wildcards.stage}"
        " --colormap {wildcards.colormap} --label {params.label:q}"
        " --output {output.png} {output.pdf} > {log} 2>&1"


rule figure_dead_neurons:
    """Draw Table 1, the dead neurons of every layer."""
    input:
        table=TABLE.format(table="dead_neurons"),
        manifest=manifest(TABLE.format(table="dead_neurons")),
    output:
        png=report(
            f"{DEAD_TABLE}.png",
            caption="../report/dead_neurons.rst",
            category="Table 1: dead neurons",
        ),
        pdf=f"{DEAD_TABLE}.pdf",
        manifests=[manifest(f"{DEAD_TABLE}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job="figure_dead_neurons"),
    benchmark:
        BENCHMARK.format(job="figure_dead_neurons")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure dead-neurons"),
    shell:
        "isingdbn --code {params.code} figure dead-neurons --table {input.table}"
        " --output {output.png} {output.pdf} > {log} 2>&1"


rule figure_reconstruction_error:
    """Draw Figure 4, the held-out errors of all nets beside the baselines."""
    input:
        table=TABLE.format(table="reconstruction_error"),
        manifest=manifest(TABLE.format(table="reconstruction_error")),
    output:
        png=report(
            f"{ERRORS}.png",
            caption="../report/reconstruction_error.rst",
            category="Figure 4: reconstruction error",
        ),
        pdf=f"{ERRORS}.pdf",
        manifests=[manifest(f"{ERRORS}.{suffix}") for suffix in ("png", "pdf")],
    log:
        LOG.format(job="figure_reconstruction_error"),
    benchmark:
        BENCHMARK.format(job="figure_reconstruction_error")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("figure reconstruction-error"),
    shell:
        "isingdbn --code {params.code} figure reconstruction-error --table {input.table}"
        " --output {output.png} {output.pdf} > {log} 2>&1"
