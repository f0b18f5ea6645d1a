"""Stage 2, train.

In: lattices, or surrogates of them. Out: one store a layer of each net's stack, then the
fine-tuned autoencoder.
"""


use rule isingdbn as pretrain with:
    """Train one restricted Boltzmann machine of a stack."""
    input:
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        below=lambda wildcards: ancients(LAYOUT.layers_below(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYOUT.data_of(wildcards), *LAYOUT.layers_below(wildcards)
        ),
    output:
        store=directory(LAYER),
        manifest=manifest(LAYER),
    log:
        LOG.format(job=f"pretrain/{TRAINED}_layer{{layer}}"),
    benchmark:
        BENCHMARK.format(job=f"pretrain/{TRAINED}_layer{{layer}}")
    priority: LAYOUT.work_left
    resources:
        mem_mb=rising(4000),
        runtime=rising(120),
    params:
        command=command("pretrain"),
        settings=lambda wildcards: options(
            LAYOUT.pretraining_of(wildcards),
            units=LAYOUT.units_of(wildcards),
            held_out=EXPERIMENT.held_out_of(wildcards.net),
        ),
        threads=several,


use rule isingdbn as finetune with:
    """Unroll a stack into an autoencoder and fine-tune it."""
    input:
        lattices=lambda wildcards: ancient(LAYOUT.data_of(wildcards)),
        layers=lambda wildcards: ancients(LAYOUT.stack_of(wildcards)),
        manifests=lambda wildcards: manifests(
            LAYOUT.data_of(wildcards), *LAYOUT.stack_of(wildcards)
        ),
    output:
        store=directory(NETWORK),
        manifest=manifest(NETWORK),
        keras=KERAS,
        keras_manifest=manifest(KERAS),
    log:
        LOG.format(job=f"finetune/{TRAINED}"),
    benchmark:
        BENCHMARK.format(job=f"finetune/{TRAINED}")
    priority: LAYOUT.work_left
    resources:
        mem_mb=rising(3000),
        runtime=rising(240),
    params:
        command=command("finetune"),
        settings=lambda wildcards: options(
            EXPERIMENT.recipe_of(wildcards.net).finetuning,
        ),
        threads=several,
