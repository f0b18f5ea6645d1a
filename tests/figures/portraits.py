"""Portraits of nets that were never trained, for tests of what is made of them."""

import numpy as np
import xarray as xr

SHAPE = (5, 7)
EPOCHS = ((1, 2, 4, 8), (1, 3))
DEAD = 2  # of every layer, a unit that is zero everywhere
METRICS = {"participation_ratio": "sites", "largest_weight": "1", "lag_1": "1"}


def portrait(units=(11, 3), stages=("pretrained", "finetuned"), seed=0, **attributes):
    """A Dataset as `isingdbn analyse portraits` stores it, of random fields. The unit `DEAD` is
    zero, and its metrics are not numbers; a layer of no unit more than that was never trained.
    """
    random = np.random.default_rng(seed)
    layers, most, records = len(units), max(units), max(map(len, EPOCHS))
    shape = (len(stages), layers, most)
    dead = np.zeros(shape, bool)
    dead[:, :, DEAD] = True
    real = np.arange(most) < np.array(units)[:, None]
    values = {name: np.where(real & ~dead, random.uniform(0.5, 9, shape), np.nan)
              for name in METRICS}  # fmt: skip
    values["largest_weight"] = np.where(dead, 0, values["largest_weight"])
    turn = np.full(shape, -1)
    variables = {}
    for stage, name in enumerate(stages):
        for k, count in enumerate(units):
            order = np.argsort(-values["largest_weight"][stage, k, :count])
            turn[stage, k, order] = np.arange(count)
            definitions = ("product", "jacobian", "covariance") if k else ("product", "covariance")
            for definition in definitions:
                steps = random.integers(-126, 127, (count, *SHAPE))
                steps[:, 1, 2] = 127
                steps[DEAD] = 0
                largest = np.where(np.arange(count) == DEAD, 0, random.uniform(1, 3, count))
                add(variables, f"{definition}_{name}_{k}", (f"unit_{k}",), steps, largest)
            first = order[:9]
            steps = random.integers(-126, 127, (len(EPOCHS[k]), len(first), *SHAPE))
            steps[:, first == DEAD] = 0
            largest = np.ones(steps.shape[:2]) * (first != DEAD)
            where = (f"record_{name}_{k}", f"followed_{k}")
            add(variables, f"followed_{name}_{k}", where, steps, largest)
    of_units, of_records = ("stage", "layer", "unit"), ("stage", "layer", "record")
    epoch = np.zeros((len(stages), layers, records), int)
    for k in range(layers):
        epoch[:, k, : len(EPOCHS[k])] = EPOCHS[k]
    for name, unit in METRICS.items():
        words = {"long_name": name.replace("_", " "), "units": unit}
        variables[f"metric_{name}"] = (of_units, values[name], words)
    history = random.uniform(1, 9, (*epoch.shape, most))
    variables |= {
        f"history_{name}": ((*of_records, "unit"), history * factor)
        for name, factor in (("participation_ratio", 1), ("largest_weight", 0.1))
    }
    variables |= {
        "units": ("layer", list(units)),
        "turn": (of_units, turn),
        "dead_by_weight": (of_units, dead),
        "dead_by_activity": (of_units, dead & False),
        "centre_y": (of_units, np.where(dead, np.nan, random.uniform(0, SHAPE[0] - 1, shape))),
        "centre_x": (of_units, np.where(dead, np.nan, random.uniform(0, SHAPE[1] - 1, shape))),
        "epoch": (of_records, epoch),
        "held_out": ("lattice", [3, 5, 8, 13]),
        "spins": (("lattice", "byte"), random.integers(0, 256, (4, 5)).astype(np.uint8)),
        "excites": ((*of_units, "place"), random.integers(0, 4, (*shape, 2))),
        "input": ((*of_units, "place"), random.uniform(1, 2, (*shape, 2))),
    }
    names = {"stage": np.array(stages, np.dtypes.StringDType())}
    known = {
        "height": SHAPE[0], "width": SHAPE[1], "temperature": 2.5, "seed": 1, "data": "lattices",
        "training_lattices": 90, "searched": 40, "steps": 127, "diverged": [0] * layers,
    }  # fmt: skip
    return xr.Dataset(variables, coords=names, attrs={**known, **attributes})


def add(variables, name, where, steps, largest):
    variables[name] = ((*where, "y", "x"), steps.astype(np.int8))
    variables[f"{name}_largest"] = (where, largest.astype(np.float32))
