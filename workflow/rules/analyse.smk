"""Stage 3, analyse.

In: trained nets and lattices. Out: one store a measurement of each net, and the tables of all nets.
"""

# All stores are targets, so that one which was lost, or whose remaking was
# interrupted, is never taken for done.
ALL_STORES = [
    path
    for net in EXPERIMENT.nets
    for store in [
        LATTICES,
        *layer_patterns(net.name),
        *([NETWORK, KERAS] if net.name in FINETUNED else []),
        RECEPTIVE_FIELDS,
        DEAD_NEURONS,
        RECONSTRUCTION,
        *([EVALUATION] if net.name in EVALUATED else []),
    ]
    for path in every_point([store, manifest(store)], net=net.name)
]


rule receptive_fields:
    """Compute the receptive fields of every layer, before and after fine-tuning."""
    input:
        network=lambda wildcards: [ancient(store) for store in network_of(wildcards)],
        layers=lambda wildcards: [ancient(store) for store in stack_of(wildcards)],
        manifests=lambda wildcards: [manifest(store) for store in trained(wildcards)],
    output:
        store=directory(RECEPTIVE_FIELDS),
        manifest=manifest(RECEPTIVE_FIELDS),
    log:
        LOG.format(job=f"receptive_fields/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"receptive_fields/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("analyse receptive-fields"),
    shell:
        "isingdbn --code {params.code} analyse receptive-fields --network {input.network}"
        " --layers {input.layers} --output {output.store} > {log} 2>&1"


rule dead_neurons:
    """Count the dead neurons of every layer, before and after fine-tuning."""
    input:
        network=lambda wildcards: [ancient(store) for store in network_of(wildcards)],
        layers=lambda wildcards: [ancient(store) for store in stack_of(wildcards)],
        lattices=ancient(LATTICES),
        manifests=lambda wildcards: [manifest(store) for store in with_lattices(wildcards)],
    output:
        store=directory(DEAD_NEURONS),
        manifest=manifest(DEAD_NEURONS),
    log:
        LOG.format(job=f"dead_neurons/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"dead_neurons/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=code_of("analyse dead-neurons"),
        thresholds=options(EXPERIMENT.analysis.dead_neurons),
    shell:
        "isingdbn --code {params.code} analyse dead-neurons --network {input.network}"
        " --layers {input.layers} --lattices {input.lattices}"
        " {params.thresholds:q} --output {output.store} > {log} 2>&1"


rule reconstruction:
    """Measure the held-out reconstruction error beside zero output, block mean
    and principal components.
    """
    input:
        network=lambda wildcards: [ancient(store) for store in network_of(wildcards)],
        layers=lambda wildcards: [ancient(store) for store in stack_of(wildcards)],
        lattices=ancient(LATTICES),
        manifests=lambda wildcards: [manifest(store) for store in with_lattices(wildcards)],
    output:
        store=directory(RECONSTRUCTION),
        manifest=manifest(RECONSTRUCTION),
    log:
        LOG.format(job=f"reconstruction/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"reconstruction/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(2000),
        runtime=rising(10),
    params:
        code=code_of("analyse reconstruction"),
        settings=options(EXPERIMENT.analysis.reconstruction),
    shell:
        "isingdbn --code {params.code} analyse reconstruction --network {input.network}"
        " --layers {input.layers} --lattices {input.lattices}"
        " {params.settings:q} --output {output.store} > {log} 2>&1"


rule evaluate:
    """Evaluate the first machine of a net as a model of its lattices: log Z,
    likelihood, and lattices of its own.
    """
    input:
        layer=lambda wildcards: ancient(LAYER.format(layer=0, **wildcards)),
        lattices=ancient(LATTICES),
        manifests=lambda wildcards: [
            manifest(LAYER.format(layer=0, **wildcards)),
            manifest(LATTICES.format(**wildcards)),
        ],
    output:
        store=directory(EVALUATION),
        manifest=manifest(EVALUATION),
    log:
        LOG.format(job=f"evaluation/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"evaluation/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(2000),
        runtime=rising(20),
    params:
        code=code_of("evaluate"),
        settings=options(EXPERIMENT.analysis.evaluation),
    shell:
        "isingdbn --code {params.code} evaluate --layer {input.layer}"
        " --lattices {input.lattices} {params.settings:q} --threads {threads}"
        " --output {output.store} > {log} 2>&1"


rule table:
    """Gather one measurement of all nets into a CSV table."""
    input:
        stores=lambda wildcards: [ancient(store) for store in table_inputs(wildcards)],
        manifests=lambda wildcards: [manifest(store) for store in table_inputs(wildcards)],
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
        table="dead_neurons|reconstruction_error|training|evaluation",
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(1000),
        runtime=rising(10),
    params:
        code=lambda wildcards: code_of(f"table {wildcards.table.replace('_', '-')}"),
        measurement=lambda wildcards: wildcards.table.replace("_", "-"),
        nets=lambda wildcards: [net for net, _ in table_patterns(wildcards)],
        recipes=lambda wildcards: [NETS[net].recipe for net, _ in table_patterns(wildcards)],
        patterns=lambda wildcards: [pattern for _, pattern in table_patterns(wildcards)],
        points=POINTS,
    shell:  # a command of all stores could be longer than the system allows
        "isingdbn --code {params.code} table {params.measurement} --nets {params.nets}"
        " --recipes {params.recipes}"
        " --inputs {params.patterns:q} --points {params.points:q}"
        " --output {output.csv} > {log} 2>&1"
