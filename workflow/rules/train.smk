"""Stage 2, train.

In: lattices. Out: one store a layer of each net's stack, then the fine-tuned autoencoder.
"""


rule pretrain:
    """Train one restricted Boltzmann machine of a stack."""
    input:
        lattices=ancient(LATTICES),
        below=lambda wildcards: [ancient(store) for store in layers_below(wildcards)],
        manifests=lambda wildcards: [
            manifest(store) for store in [LATTICES.format(**wildcards), *layers_below(wildcards)]
        ],
    output:
        store=directory(LAYER),
        manifest=manifest(LAYER),
    log:
        LOG.format(job=f"pretrain/{{net}}/{POINT}_layer{{layer}}"),
    benchmark:
        BENCHMARK.format(job=f"pretrain/{{net}}/{POINT}_layer{{layer}}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(4000),
        runtime=rising(120),
    params:
        code=code_of("pretrain"),
        units=lambda wildcards: NETS[wildcards.net].layers[int(wildcards.layer) + 1],
        held_out=EXPERIMENT.lattice.held_out,
        settings=lambda wildcards: options(pretraining_of(wildcards)),
    shell:
        "isingdbn --code {params.code} pretrain --lattices {input.lattices} --below {input.below}"
        " --units {params.units} --held-out {params.held_out}"
        " {params.settings:q} --threads {threads} --output {output.store} > {log} 2>&1"


rule finetune:
    """Unroll a stack into an autoencoder and fine-tune it."""
    input:
        lattices=ancient(LATTICES),
        layers=lambda wildcards: [ancient(store) for store in stack_of(wildcards)],
        manifests=lambda wildcards: [
            manifest(store) for store in [LATTICES.format(**wildcards), *stack_of(wildcards)]
        ],
    output:
        store=directory(NETWORK),
        manifest=manifest(NETWORK),
        keras=KERAS,
        keras_manifest=manifest(KERAS),
    log:
        LOG.format(job=f"finetune/{{net}}/{POINT}"),
    benchmark:
        BENCHMARK.format(job=f"finetune/{{net}}/{POINT}")
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=rising(3000),
        runtime=rising(240),
    params:
        code=code_of("finetune"),
        settings=lambda wildcards: options(EXPERIMENT.recipe_of(wildcards.net).finetuning),
    shell:
        "isingdbn --code {params.code} finetune --lattices {input.lattices} --layers {input.layers}"
        " {params.settings:q} --threads {threads} --output {output.store}"
        " --keras {output.keras} > {log} 2>&1"
