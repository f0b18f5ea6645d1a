"""Copy the figures of docs/experiment.md and the tables of the default experiment
from results/ to docs/: `make gallery`. Tables of the study are copied by docs/make_findings.py.
"""

import shutil
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIGURES = [
    "figure1_loss_LargeNet_lattices_L40_T2.2976_seed0",
    "figure2_reconstructions_all_lattices_L40_T2.2976_seed0",
    "figure3_receptive_fields_SmallNet_lattices_finetuned_hot_L40_T2.2976_seed0",
    "figure3_receptive_fields_LargeNet_lattices_finetuned_prism_L40_T2.2976_seed0",
    "figure3_receptive_fields_LargeNet_lattices_pretrained_RdBu_r_L40_T2.2976_seed0",
    "figure3_receptive_fields_LargeNet_lattices_finetuned_RdBu_r_L40_T2.2976_seed0",
    "figure3_receptive_fields_FaithfulLarge_lattices_finetuned_RdBu_r_L40_T2.2976_seed0",
    "figure3_receptive_fields_SpinStack_lattices_pretrained_RdBu_r_L40_T2.450980392156863_seed0",
    "figure3_receptive_fields_BinaryStack_lattices_pretrained_RdBu_r_L40_T2.2976_seed0",
    "figure1_loss_FaithfulLarge_lattices_L40_T2.2976_seed0",
    "figure4_reconstruction_error",
    "figure5_thermodynamics_L40",
    "table1_dead_neurons_all",
]
TABLES = [
    "dead_neurons",
    "evaluation",
    "finetuning",
    "peaks",
    "reconstruction_error",
    "thermodynamics",
    "training",
]

for folder in ("gallery", "tables"):
    (ROOT / "docs" / folder).mkdir(exist_ok=True)
for name in FIGURES:
    image = f"{name}.png"
    shutil.copyfile(ROOT / "results" / "figures" / image, ROOT / "docs" / "gallery" / image)
for table in TABLES:
    name = f"{table}.csv"
    shutil.copy(ROOT / "results" / "tables" / name, ROOT / "docs" / "tables" / name)
