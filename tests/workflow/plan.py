"""Print, as JSON, the jobs that Snakemake would run in the current folder:
`python plan.py CONFIGFILE [--all]`.
"""

import json
import sys
from pathlib import Path

from snakemake.api import SnakemakeApi
from snakemake.settings.types import (
    ConfigSettings,
    DAGSettings,
    OutputSettings,
    Quietness,
    ResourceSettings,
)


def plan(configfile: str, everything: bool) -> list[list]:
    with SnakemakeApi(OutputSettings(quiet={Quietness.ALL})) as api:
        workflow = api.workflow(
            resource_settings=ResourceSettings(cores=2),
            config_settings=ConfigSettings(configfiles=[Path(configfile)]),
            snakefile=Path("Snakefile"),
        )
        workflow.dag(DAGSettings(forceall=everything)).execute_workflow(executor="dryrun")
        dag = workflow._workflow.dag
        return [
            [job.rule.name, job.wildcards_dict]
            for job in dag.jobs
            if dag.needrun(job) and job.rule.name != "all"
        ]


if __name__ == "__main__":
    print(json.dumps(plan(sys.argv[1], "--all" in sys.argv)))
