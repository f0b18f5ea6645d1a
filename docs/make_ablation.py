"""What keeps a 25-number autoencoder from beating PCA-25: writes docs/tables/ablation.csv
and prints it as Markdown.

Each variant changes one thing of the fine-tuning in config.yaml's `corrected` recipe.
All variants of a net, temperature and seed start from the same stack and the same lattices.
Whatever is in the scratch folder already is not computed again, so a run that was stopped goes
on where it was: `python docs/make_ablation.py --scratch FOLDER`, an hour or two on two cores.
"""

import argparse
import dataclasses
import hashlib
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr
import yaml

from isingdbn import config
from isingdbn.analysis.reconstruction import PrincipalComponents, squared_error
from isingdbn.cli.arguments import options
from isingdbn.cli.data import load_lattices
from isingdbn.learning.dataset import in_order
from isingdbn.progress import Meter, note

ROOT = Path(__file__).parents[1]
EXPERIMENT = config.validate(yaml.safe_load((ROOT / "config.yaml").read_text()), "config.yaml")
RECIPE = EXPERIMENT.recipes["corrected"]
FAITHFUL = dataclasses.asdict(EXPERIMENT.recipes["faithful"].finetuning)
TEMPERATURES = ["2.2976", "2.269185314213022"]

# What is changed, in the order of the work: the most telling first.
VARIANTS = {
    "base": {},
    "no L1": {"l1": 0.0},
    "no augmentation": {"augment": False},
    "copied unrolling": {"unrolling": "copied"},
    "L1 per pixel": {"l1_scale": "per_pixel"},
    "random start": {"initial": "random"},
    "faithful fine-tuning": {name: value for name, value in FAITHFUL.items() if name != "epochs"},
    "float32 products": {"precision": "float32"},
    "constant rate": {"schedule": "constant"},
    "gradient descent": {"optimizer": "sgd", "learning_rate": 1.0},
    "tied": {"tied": True},
    "200 epochs": {"epochs": 200},
    "200 epochs, no L1": {"epochs": 200, "l1": 0.0},
}
LONG = [name for name in VARIANTS if name.startswith("200 epochs")]
COMBINATIONS = [
    ("SmallNet", "2.2976", list(VARIANTS)),
    ("SmallNet", "2.269185314213022", [*list(VARIANTS)[:6], *LONG]),
    ("LargeNet", "2.2976", [*list(VARIANTS)[:6], *LONG]),
    ("LargeNet", "2.269185314213022", [*list(VARIANTS)[:3], *LONG]),
]


@dataclass(frozen=True)
class Job:
    """One fine-tuning."""

    net: str
    temperature: str
    seed: int
    variant: str


class Ablation:
    """The stores in the folders ``lattices`` and ``scratch``; ``epochs`` of every fine-tuning whose
    variant names no other number.
    """

    def __init__(self, lattices: Path, scratch: Path, epochs: int) -> None:
        self.folder, self.scratch, self.epochs = lattices, scratch, epochs
        scratch.mkdir(parents=True, exist_ok=True)

    def lattices(self, temperature: str, seed: int) -> Path:
        """The lattices of one temperature and seed, or the end with the command that makes them."""
        store = self.folder / f"L40_T{temperature}_seed{seed}.zarr"
        if not store.exists():
            sampling = " ".join(options(EXPERIMENT.lattice.sampling))
            command = (
                f"isingdbn simulate --size 40 --temperature {temperature}"
                f" --seed {seed} {sampling} --output {store}"
            )
            sys.exit(f"{store}: no such lattices; make them by `{command}`")
        return store

    def layers(self, net: str, temperature: str, seed: int) -> list[Path]:
        """The stores of the stack, where it is or is to be."""
        parts = [RECIPE.first_layer, RECIPE.upper_layers]
        name = (
            f"{net}_L40_T{temperature}_seed{seed}"
            f"_{_digest([dataclasses.asdict(part) for part in parts])}"
        )
        return [
            self.scratch / "layers" / f"{name}_layer{k}.zarr"
            for k in range(len(EXPERIMENT.net(net).layers) - 1)
        ]

    def settings(self, job: Job) -> dict:
        """Of the fine-tuning."""
        return {
            **dataclasses.asdict(RECIPE.finetuning),
            "epochs": self.epochs,
            **VARIANTS[job.variant],
        }

    def network(self, job: Job) -> Path:
        """The store of the result."""
        stack = self.layers(job.net, job.temperature, job.seed)[-1].name
        name = f"{job.net}_L40_T{job.temperature}_seed{job.seed}_{job.variant.replace(' ', '_')}"
        return self.scratch / "networks" / f"{name}_{_digest([self.settings(job), stack])}.zarr"

    def pretrain(self, net: str, temperature: str, seed: int) -> None:
        """Train the stack, if it is not there."""
        stores = self.layers(net, temperature, seed)
        for k, store in enumerate(stores):
            below = ["--below", *map(str, stores[:k])] if k else []
            units = [
                "--units",
                str(EXPERIMENT.net(net).layers[k + 1]),
                "--held-out",
                str(EXPERIMENT.lattice.held_out),
            ]
            settings = RECIPE.upper_layers if k else RECIPE.first_layer
            if not store.exists():
                lattices = str(self.lattices(temperature, seed))
                run(
                    [
                        "pretrain",
                        "--lattices",
                        lattices,
                        *below,
                        *units,
                        *options(settings),
                        "--output",
                        str(store),
                    ]
                )

    def finetune(self, job: Job) -> None:
        """Fine-tune, if that was not done."""
        store = self.network(job)
        if store.exists():
            return
        layers = map(str, self.layers(job.net, job.temperature, job.seed))
        inputs = ["--lattices", str(self.lattices(job.temperature, job.seed)), "--layers", *layers]
        keras = store.with_suffix(".keras")
        keras.unlink(missing_ok=True)  # of a run that was stopped between the two
        run(
            [
                "finetune",
                *inputs,
                *options(RECIPE.finetuning, **self.settings(job)),
                "--output",
                str(store),
                "--keras",
                str(keras),
            ]
        )

    @cache  # noqa: B019 - there is one Ablation
    def principal(self, temperature: str, seed: int) -> float:
        """Held-out error of as many principal components as the code has numbers."""
        lattices = load_lattices(self.lattices(temperature, seed), EXPERIMENT.lattice.held_out)
        components = PrincipalComponents(
            in_order(lattices.training.flat()), EXPERIMENT.nets[0].layers[-1]
        )
        held_out = lattices.held_out.flat().rows(slice(None)).astype(np.float32)
        return float(squared_error(held_out, components.reconstruct(held_out)).mean())

    def result(self, job: Job) -> dict | None:
        """Of a fine-tuning that has been done."""
        store = self.network(job)
        if not store.exists():
            return None
        history = xr.open_zarr(store)
        errors = {name: float(history[name][-1]) for name in ("held_out_error", "training_error")}
        return {
            **dataclasses.asdict(job),
            "epochs": self.settings(job)["epochs"],
            **errors,
            "pca": self.principal(job.temperature, job.seed),
        }


def _digest(settings: object) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:8]


def run(command: list[str]) -> None:
    """One command of isingdbn on one thread; where it fails, its last line is told,
    and the work goes on without its result.
    """
    done = subprocess.run(
        [sys.executable, "-m", "isingdbn", *command, "--threads", "1"],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        note(f"{' '.join(command)}: {done.stderr.strip().splitlines()[-1]}")


def summary(results: Iterable[dict]) -> pd.DataFrame:
    """Mean over seeds and its standard error of the held-out error, of its difference to PCA in %,
    and of that to the base variant.
    """
    table = pd.DataFrame(results)
    names = ["net", "temperature", "seed"]
    base = table[table.variant == "base"].set_index(names).held_out_error
    table["to_pca_percent"] = 100 * (table.held_out_error / table.pca - 1)
    table["to_base_percent"] = 100 * (
        table.held_out_error / base.reindex(table.set_index(names).index).to_numpy() - 1
    )
    measured = ["held_out_error", "training_error", "pca", "to_pca_percent", "to_base_percent"]
    groups = table.groupby(["net", "temperature", "variant", "epochs"], sort=False)
    means, errors = groups[measured].mean(), groups[measured].sem().add_suffix("_standard_error")
    columns = [name for measure in measured for name in (measure, f"{measure}_standard_error")]
    return pd.concat(
        [groups.size().rename("seeds"), pd.concat([means, errors], axis=1)[columns]], axis=1
    ).reset_index()


def markdown(table: pd.DataFrame) -> Iterator[str]:
    """Lines of the same table, in the units in which it is read."""
    yield (
        "| net | T | variant | epochs | seeds | held-out error | training error | PCA-25 | against"
        " PCA-25, % | against base, % |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for _, row in table.iterrows():

        def both(name: str, form: str, row: pd.Series = row) -> str:
            return f"{row[name]:{form}} ± {row[f'{name}_standard_error']:{form.removeprefix('+')}}"

        numbers = [both("held_out_error", ".4f"), f"{row.training_error:.4f}", both("pca", ".4f")]
        numbers += [both("to_pca_percent", "+.2f"), both("to_base_percent", "+.2f")]
        yield (
            f"| {row.net} | {float(row.temperature):.6g} | {row.variant} | {row.epochs}"
            f" | {row.seeds} | {' | '.join(numbers)} |"
        )


def parsed() -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument(
        "--lattices",
        type=Path,
        default=ROOT / "results" / "lattices",
        help="folder of the stores of isingdbn simulate",
    )
    parser.add_argument(
        "--scratch",
        type=Path,
        required=True,
        help="folder for stacks and networks, which a later run finds again",
    )
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "tables" / "ablation.csv")
    parser.add_argument(
        "--nets", nargs="+", choices=("SmallNet", "LargeNet"), default=["SmallNet", "LargeNet"]
    )
    parser.add_argument("--temperatures", nargs="+", choices=TEMPERATURES, default=TEMPERATURES)
    parser.add_argument("--variants", nargs="+", choices=list(VARIANTS), default=list(VARIANTS))
    parser.add_argument("--seeds", nargs="+", type=int, default=[0, 1, 2])
    parser.add_argument(
        "--epochs",
        type=int,
        default=60,
        help="of every fine-tuning whose variant names no other number",
    )
    parser.add_argument("--processes", type=int, default=2, help="side by side, of one thread each")
    parser.add_argument(
        "--collect", action="store_true", help="compute nothing, gather what is there"
    )
    return parser.parse_args()


def jobs_of(net: str, temperatures: list[str], variants: list[str], seeds: list[int]) -> list[Job]:
    """The fine-tunings of one net that are asked for, variant by variant."""
    points = {
        temperature: sensible
        for of, temperature, sensible in COMBINATIONS
        if of == net and temperature in temperatures
    }
    return [
        Job(net, temperature, seed, variant)
        for variant in variants
        for temperature, sensible in points.items()
        if variant in sensible
        for seed in seeds
    ]


def main() -> None:
    """Run what is missing of what is asked for; write and print the table of all that is there."""
    arguments = parsed()
    ablation = Ablation(
        arguments.lattices.absolute(), arguments.scratch.absolute(), arguments.epochs
    )
    work = {
        net: jobs_of(net, arguments.temperatures, arguments.variants, arguments.seeds)
        for net in arguments.nets
    }
    if not arguments.collect:
        meter = Meter(sum(map(len, work.values())), "fine-tuning, networks")
        with ThreadPoolExecutor(arguments.processes) as pool:
            for jobs in work.values():
                stacks = dict.fromkeys((job.net, job.temperature, job.seed) for job in jobs)
                list(pool.map(lambda stack: ablation.pretrain(*stack), stacks))
                for _ in pool.map(ablation.finetune, jobs):
                    meter.step()
    all_jobs = (
        job
        for net in ("SmallNet", "LargeNet")
        for job in jobs_of(net, TEMPERATURES, list(VARIANTS), arguments.seeds)
    )
    ordered = sorted(all_jobs, key=lambda job: (job.net, job.temperature), reverse=True)
    results = [result for job in ordered if (result := ablation.result(job))]
    if not results:
        sys.exit(f"{arguments.scratch}: no results there; run without --collect")
    table = summary(results)
    table.to_csv(arguments.table, index=False, float_format="%.6g")
    print("\n".join(markdown(table)))


if __name__ == "__main__":
    main()
