"""The whole experiment: simulate, train, analyse, draw.

Run it with `snakemake --cores 8`; change it in config.yaml.
"""

import gc

from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/package.smk"


if workflow.modifier.is_main_snakefile():
    # A plan of thousands of jobs makes millions of small objects that all stay:
    # looking through them for garbage takes a sixth of its time.
    gc.disable()
    if Path("config.yaml").exists() or not workflow.overwrite_configfiles:
        refuse_unreadable("config.yaml")

    # A workflow that uses this one as a module gives its own, which is laid over this one.
    configfile: "config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/rules/common.smk"
include: "workflow/rules/base.smk"
include: "workflow/rules/simulate.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/analyse.smk"
include: "workflow/rules/renormalize.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/thermodynamics.smk"


onstart:
    gc.enable()
    look_only_when_something_ends(workflow)
    follow_stages(workflow, LAYOUT.work_of)
    end_at_hang_up()
    stay_with_squeue(workflow)
    if take_results():
        end_jobs_of_killed_runs()


rule all:
    """Regenerate every figure and table, and whatever store of the experiment is missing."""
    default_target: True
    input:
        with_manifests(figures_of(LAYOUT)),
        with_manifests(LAYOUT.all_tables),
        with_manifests(LAYOUT.all_stores),


rule shown:
    """Make what the report shows, for `--report report.html -- shown`: see `reported_figures`."""
    input:
        with_manifests(reported_figures(LAYOUT)),
        with_manifests(LAYOUT.all_tables),


if PAPER in LAYOUT.selections:

    rule paper:
        """Regenerate what the paper shows: its Figures 1 to 3, and the dead neurons."""
        input:
            with_manifests(paper_figures(LAYOUT)),


if LAYOUT.mapped:

    rule renormalization:
        """Measure nets as block-spin maps: couplings, exponents, and their figures."""
        input:
            with_manifests(LAYOUT.block_stores),
            with_manifests(filled(TABLE, table=LAYOUT.block_tables)),
            with_manifests(renormalization_figures(LAYOUT)),


if LAYOUT.discriminated:

    rule study:
        """Judge every claim: the tables by which they are judged, the scorecard, and figures."""
        input:
            with_manifests(study_figures(LAYOUT)),
            with_manifests(SCORECARD.values()),
            with_manifests(filled(TABLE, table=LAYOUT.judged_by)),
