"""The command line: ``isingdbn simulate``, ``isingdbn figure loss``, …,
one module a command of `COMMANDS`; figures share one, beside the one that draws.

Each module has ``parser()`` and ``run(arguments)``, and is imported only when its command
is called, so that no job loads what it does not use, and depends on no other command's sources.
Errors are one line; the exit status is 2 for bad input and 1 for a failed job.

Before the command, a workflow gives ``--code DIGEST``, the `code_digest` of the command that it
planned with: a job whose sources have changed since, or are another checkout's, does not begin.
"""

import json
import os
import sys
from dataclasses import dataclass
from importlib import import_module

from isingdbn import __version__
from isingdbn.cli.warm_client import split_code
from isingdbn.errors import InputError, JobError
from isingdbn.figures.register import FIGURES
from isingdbn.sources import PACKAGE, code_digest, edited_since

__all__ = ["COMMANDS", "Command", "main", "planned_digests"]

# the environment variable in which a plan hands its digests to the jobs of a cluster
PLANNED = "ISINGDBN_PLANNED"
COMPLETION = "--print-completion"


@dataclass(frozen=True)
class Command:
    """A command: its ``name`` as it is typed, one word or two, and its purpose."""

    name: str
    purpose: str

    @property
    def modules(self) -> tuple[str, ...]:
        """The modules that do it: one of this package and, for a figure, the one that draws it."""
        group, _, leaf = self.name.replace("-", "_").partition(" ")
        if group == "figure":
            return ("isingdbn.cli.figure", f"isingdbn.figures.{leaf}")
        return (f"isingdbn.cli.{group}.{leaf}" if leaf else f"isingdbn.cli.{group}",)

    def run(self, arguments: list[str]) -> None:
        """Load its modules, and do what ``arguments`` say."""
        module, *drawing = (import_module(name) for name in self.modules)
        if edited_since(*self.modules):
            raise JobError(
                f"{PACKAGE}: these sources were edited while they were loaded; run it again"
            )
        parser = module.parser(*drawing)
        if not {"-h", "--help"}.isdisjoint(arguments):
            import_module(f"{__name__}.examples").add_example(parser)
        module.run(*drawing, parser.parse_args(arguments))


COMMANDS = (
    Command("simulate", "draw Ising lattices at one temperature and seed"),
    Command(
        "surrogate", "draw data that keep some statistics of given lattices and lack the others"
    ),
    Command("exact", "compute exact values of one torus at several temperatures"),
    Command(
        "measure thermodynamics",
        "measure energy, magnetization, susceptibility and correlations of lattices",
    ),
    Command("measure peaks", "find where specific heat and susceptibility are largest"),
    Command("pretrain", "train one restricted Boltzmann machine of a stack"),
    Command(
        "evaluate",
        "evaluate a trained machine as a model: log Z, likelihood, and lattices of its own",
    ),
    Command(
        "discriminate",
        "measure how well trained machines tell lattices from surrogates, beside physics",
    ),
    Command(
        "discriminate-epochs",
        "measure how machines of spins learn to tell lattices from surrogates, beside physics",
    ),
    Command("mixing", "measure how many Gibbs sweeps a trained machine of spins takes to forget"),
    Command("couplings machine", "read the couplings between spins from a machine's weights"),
    Command("couplings lattices", "fit effective couplings of lattices by pseudolikelihood"),
    Command("renormalize", "make block spins of lattices"),
    Command("hidden-spins", "draw the hidden spins of a stack, laid on a grid, as block spins"),
    Command("exponents", "measure the exponents of lattices by Monte Carlo renormalization"),
    Command("information", "measure what block spins and hidden spins keep of their lattices"),
    Command("flow", "follow where a machine takes lattices if it is iterated"),
    Command("sample", "draw lattices from a trained machine of spins"),
    Command("fixed-points", "find where the means of a machine go without noise"),
    Command("finetune", "unroll a stack into an autoencoder and fine-tune it"),
    Command("import-weights", "take the receptive fields of a net that others have trained"),
    Command("analyse receptive-fields", "compute the receptive fields of a trained network"),
    Command("analyse dead-neurons", "count the dead units of a trained network"),
    Command(
        "analyse reconstruction",
        "measure how well a trained network reconstructs held-out lattices",
    ),
    Command("analyse metrics", "measure the receptive fields of a network by every metric"),
    Command("analyse emergence", "measure every unit while its net was trained"),
    Command("analyse code", "measure what of the physics of lattices a net's code carries"),
    Command("analyse definitions", "compare three definitions of the receptive fields"),
    Command("analyse portraits", "gather what a reader is shown of every unit, in little space"),
    *(
        Command(f"figure {name.replace('_', '-')}", figure.purpose)
        for name, figure in FIGURES.items()
    ),
    Command("table dead-neurons", "gather the dead neurons of many networks into a CSV table"),
    Command("table reconstruction-error", "gather the held-out errors of many networks"),
    Command("table metrics", "gather the metrics of the receptive fields of many networks"),
    Command("table emergence", "gather the units of many networks while they were trained"),
    Command("table discrimination", "gather how well machines tell lattices from surrogates"),
    Command(
        "table discrimination-over-epochs",
        "gather how well machines tell lattices from surrogates while they are trained",
    ),
    Command("table mixing", "gather how many sweeps many machines take to forget"),
    Command("table machine-couplings", "gather the couplings of many machines"),
    Command("table lattice-couplings", "gather the effective couplings of many lattices"),
    Command("table block-couplings", "gather the effective couplings of block and hidden spins"),
    Command("table exponents", "gather the exponents of block and hidden spins"),
    Command("table information", "gather what block spins and hidden spins keep"),
    Command("table flow", "gather the flow of many machines"),
    Command("table machine-exponents", "gather the exponents of lattices that machines draw"),
    Command("table machine-samples", "gather the physics of lattices that machines draw"),
    Command("table thermometer", "gather how the energies of machines at two temperatures differ"),
    Command("table fixed-points", "gather where the means of many machines go without noise"),
    Command("table code", "gather the codes of many networks, and what they carry"),
    Command("table definitions", "gather the fields of many networks by each definition"),
    Command("table training", "gather how the training of many layers ended"),
    Command("table finetuning", "gather how the errors of many networks fell in fine-tuning"),
    Command("table evaluation", "gather many machines as models of their lattices"),
    Command("table thermodynamics", "gather the physics of many lattices"),
    Command("table peaks", "gather the pseudo-critical temperatures of many seeds"),
    Command("scorecard", "judge every claim by the tables of an experiment"),
    Command(
        "warm",
        (
            "run a command, such as snakemake, whose jobs share one process"
            " that has loaded all libraries"
        ),
    ),
    Command(
        "verify",
        "check a folder of results: every byte against its digest, every result against its inputs",
    ),
    Command("crate", "describe a finished run for archives, as a Workflow Run RO-Crate"),
)


def planned_digests(plans: bool) -> dict[str, str]:
    """The `code_digest` of each command, by name, as it was when the run was planned.

    Parameters
    ----------
    plans : whether this process plans. A Snakemake that a cluster starts for a job does not:
        it takes the digests of the plan, so that an edit in between is seen by the job,
        and recorded by nobody as the plan.
    """
    handed_over = os.environ.get(PLANNED)
    if plans or not handed_over:
        handed_over = json.dumps(
            {command.name: code_digest(*command.modules) for command in COMMANDS}
        )
        os.environ[PLANNED] = handed_over
    return json.loads(handed_over)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    planned, arguments = split_code(sys.argv[1:] if arguments is None else arguments)
    if arguments == ["--version"]:
        print(f"isingdbn {__version__}")
        return 0
    asks, group = _asks_for_help(arguments)
    if asks or not arguments:
        _help(group)
        return 0 if arguments else 2
    name = arguments[0]
    try:
        if name == COMPLETION:
            print(_completion(arguments[1:]))
            return 0
        command, rest = _command(arguments)
        name = command.name
        if planned is not None and code_digest(*command.modules) != planned:
            raise JobError(
                f"{PACKAGE}: these sources are not those that Snakemake planned"
                " with; run snakemake again"
            )
        command.run(rest)
    except (InputError, JobError) as error:
        print(f"isingdbn {name}: {error}", file=sys.stderr)
        return error.exit_status
    except OSError as error:
        print(
            f"isingdbn {name}: {error.filename or 'a file'}: {error.strerror or error}",
            file=sys.stderr,
        )
        return 1
    except MemoryError:
        remedy = "run fewer jobs at once, or take smaller lattices or minibatches"
        print(f"isingdbn {name}: not enough memory; {remedy}", file=sys.stderr)
        return 1
    return 0


def _group(word: str) -> list[Command]:
    """The commands of two words whose first is ``word``."""
    return [command for command in COMMANDS if command.name.startswith(f"{word} ")]


def _asks_for_help(arguments: list[str]) -> tuple[bool, str]:
    """Whether help is asked for about all commands, or about those of a group, and its word."""
    group = arguments[0] if arguments and _group(arguments[0]) else ""
    return arguments[bool(group) :][:1] in (["-h"], ["--help"]), group


def _help(group: str) -> None:
    shown = _group(group) if group else COMMANDS
    print("usage: isingdbn COMMAND [OPTION ...]; `isingdbn COMMAND --help` lists the options\n")
    print("\n".join(f"  {command.name:27} {command.purpose}" for command in shown))
    print(f"\nexample:\n  isingdbn {shown[0].name} --help")
    print(f"  isingdbn {COMPLETION} bash    (or zsh: a script that completes all of this)")


def _completion(shell: list[str]) -> str:
    """The script by which a shell completes all commands, each of which is loaded for it."""
    if shell not in (["bash"], ["zsh"]):
        raise InputError(f"{' '.join(shell)!r} is not allowed; give bash or zsh")
    parsers = {}
    for command in COMMANDS:
        module, *drawing = (import_module(name) for name in command.modules)
        parsers[command.name] = (module.parser(*drawing), command.purpose)
    return import_module(f"{__name__}.completion").script(shell[0], parsers)


def _command(arguments: list[str]) -> tuple[Command, list[str]]:
    """The command that ``arguments`` begin with, and the rest of them."""
    by_name = {command.name: command for command in COMMANDS}
    for words in (1, 2):
        if command := by_name.get(" ".join(arguments[:words])):
            return command, arguments[words:]
    group = _group(arguments[0])
    names = [command.name for command in group] or list(
        dict.fromkeys(command.name.split()[0] for command in COMMANDS)
    )
    raise InputError(
        f"unknown command {' '.join(arguments[: 2 if group else 1])!r};"
        f" allowed are {', '.join(names)}"
    )
