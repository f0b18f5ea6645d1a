"""Programs that tests call often, as functions of their arguments for `tests.workflow.forks`."""

import gc
import json
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.cli import main
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
)

__all__ = ["plan", "snakemake"]

TARGETS = {"all", "paper", "renormalization", "shown", "study"}  # rules without a command

gc.collect()
gc.freeze()  # forks would copy every page by looking through it for garbage


def snakemake(arguments):
    """The program of that name."""
    main(arguments)


def plan(arguments):
    """Print, as JSON, the jobs that Snakemake would run in the current folder
    by ``CONFIGFILE [--all | TARGET ...]``.
    """
    configfile, *targets = arguments
    everything = targets == ["--all"]
    chosen = DAGSettings(forceall=True) if everything else DAGSettings(targets=set(targets))
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=2),
            config_settings=ConfigSettings(configfiles=[Path(configfile)]),
            snakefile=Path("Snakefile"),
        )
        workflow.dag(chosen).execute_workflow(executor="dryrun")
        dag = workflow._workflow.dag
        jobs = [job for job in dag.jobs if dag.needrun(job) and job.rule.name not in TARGETS]
        print(json.dumps([[job.rule.name, job.wildcards_dict] for job in jobs]))
