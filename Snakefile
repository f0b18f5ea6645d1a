"""The whole experiment: simulate, train, analyse, draw.

Run it with `snakemake --cores 8`; change it in config.yaml.
"""

import gc

from snakemake.utils import min_version

min_version("9.27")

# A plan of thousands of jobs makes millions of small objects that all stay:
# looking through them for garbage takes a sixth of its time.
gc.disable()


configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/runs.smk"
include: "workflow/rules/cluster.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/surrogates.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/analyse.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/thermodynamics.smk"


# While jobs wait for a core, Snakemake looks at them again a second after every look, and every
# job that ends starts another such chain of looks: after a few hundred jobs they take a core. They
# serve its limit of 100 new jobs a second, which is dropped here, unless the user has set another.
onstart:
    gc.enable()
    if workflow.scheduling_settings.max_jobs_per_timespan.max_jobs == 100:
        workflow.scheduler.job_rate_limiter = None
    end_at_hang_up()
    stay_with_squeue()
    if take_results():
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
