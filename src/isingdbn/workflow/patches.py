"""What is changed in Snakemake and in its Slurm plugin while they run: all of it,
each with the version that needs it.

Written for Snakemake 9.27 and snakemake-executor-plugin-slurm 2.8. Each is tried by a test,
so a version that no longer needs it, or no longer takes it, is noticed.
"""

import inspect
import sys
from collections.abc import Callable
from typing import Any

from snakemake.common import overwrite_function_params

__all__ = ["look_only_when_something_ends", "rising", "stay_with_squeue"]


def rising(amount: int) -> Callable:
    """An amount of memory or time that grows with every attempt: a job that ran out
    of it gets more by a retry.

    Snakemake asks for the signature of such a function at every job; here it is found
    out once. No issue is known.
    """

    def amount_of(wildcards: Any, attempt: int) -> int:  # noqa: ARG001 - named by Snakemake
        return amount * attempt

    overwrite_function_params(amount_of, inspect.signature(amount_of).parameters)
    return amount_of


def look_only_when_something_ends(workflow: Any) -> None:
    """Have waiting jobs looked at when a job has ended, and not every second as well.

    While jobs wait for a core, Snakemake looks at them again a second after every look, and every
    job that ends starts another such chain of looks: after a few hundred jobs they take a core.
    They serve its limit of 100 new jobs a second, which is dropped, unless the user has set
    another. See snakemake/snakemake, pull request 3744.
    """
    if workflow.scheduling_settings.max_jobs_per_timespan.max_jobs == 100:
        workflow.scheduler.job_rate_limiter = None


def stay_with_squeue(workflow: Any) -> None:
    """Where the user has chosen squeue, ask nothing else.

    When the controller does not answer as the plugin begins to ask, it takes sacct instead,
    and goes on with it for hours even where no accounting is kept, although the controller is back
    by then. See snakemake/snakemake-executor-plugin-slurm, issue 38.
    """
    plugin: Any = sys.modules.get("snakemake_executor_plugin_slurm")
    if plugin and getattr(workflow.executor_settings, "status_command", None) == "squeue":
        plugin.is_query_tool_available = lambda tool: tool == "squeue"
