"""The command line: ``isingdbn simulate``, ``isingdbn pretrain``, …, one module a command of `COMMANDS`.

Each module has ``parser()`` and ``run(arguments)``, and is imported only when its command is called, so that no job loads what
it does not use. Errors are one line; the exit status is 2 for bad input and 1 for a failed job.

Before the command, a workflow gives ``--code DIGEST``, the `code_digest` of the command that it planned with: a job whose sources
have changed since, or are another checkout's, does not begin.
"""

import sys
from importlib import import_module

from isingdbn.cli.warm_client import split_code
from isingdbn.errors import InputError, JobError
from isingdbn.sources import PACKAGE, code_digest

__all__ = ["main"]

COMMANDS = {
    "simulate": "draw Ising lattices at one temperature and seed",
    "surrogate": "draw data that keep some statistics of given lattices and lack the others",
    "exact": "compute exact values of one torus at several temperatures",
    "measure": "measure the physics of lattices: thermodynamics or peaks",
    "pretrain": "train one restricted Boltzmann machine of a stack",
    "evaluate": "evaluate a trained machine as a model of its lattices: log Z, likelihood, and lattices of its own",
    "finetune": "unroll a stack into an autoencoder and fine-tune it",
    "analyse": "measure a trained network: receptive-fields, dead-neurons or reconstruction",
    "figure": "draw a figure: loss, reconstructions, receptive-fields, dead-neurons, reconstruction-error or thermodynamics",
    "table": "gather one measurement of many networks or lattices into a CSV table",
    "warm": "run a command, such as snakemake, whose trainings share one process that has loaded TensorFlow",
    "verify": "check a folder of results: every byte against its recorded digest, every result against what it was made from",
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    arguments = sys.argv[1:] if arguments is None else arguments
    planned, arguments = split_code(arguments)
    if not arguments or arguments[0] in ("-h", "--help"):
        print("usage: isingdbn COMMAND [OPTION ...]; `isingdbn COMMAND --help` lists the options\n")
        print("\n".join(f"  {command:10} {purpose}" for command, purpose in COMMANDS.items()))
        return 0 if arguments else 2
    command, *rest = arguments
    try:
        if command not in COMMANDS:
            raise InputError(f"unknown command {command!r}; allowed are {', '.join(COMMANDS)}")
        name = f"isingdbn.cli.{command}"
        if planned is not None and code_digest(name) != planned:
            raise JobError(f"{PACKAGE}: these sources are not those that Snakemake planned with; run snakemake again")
        module = import_module(name)
        module.run(module.parser().parse_args(rest))
    except (InputError, JobError) as error:
        print(f"isingdbn {command}: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(f"isingdbn {command}: {error.filename or 'a file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    except MemoryError:
        print(f"isingdbn {command}: not enough memory; run fewer jobs at once, or take smaller lattices or minibatches", file=sys.stderr)
        return 1
    return 0
