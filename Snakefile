"""The whole experiment: simulate, train, analyse, draw. Run it with `snakemake --cores 8`; change it in config.yaml."""

from snakemake.utils import min_version

min_version("9.27")


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/cluster.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/surrogates.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/analyse.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/thermodynamics.smk"


onstart:
    end_jobs_of_killed_runs()


rule all:
    """Regenerate every figure and table, and whatever store of the experiment is missing."""
    default_target: True
    input:
        ALL_FIGURES,
        ALL_TABLES,
        ALL_STORES,
        PHYSICS_RESULTS,
        PHYSICS_STORES,
