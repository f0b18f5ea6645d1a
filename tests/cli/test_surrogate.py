"""``isingdbn surrogate``: stores like those of lattices, made again
to the byte, and its refusals.
"""

import numpy as np
import pytest
import xarray as xr

from isingdbn import storage
from isingdbn.cli import main
from isingdbn.cli.data import load_lattices
from isingdbn.ising import surrogates as module
from isingdbn.parameters.data import POWERS, REAL, SIGN_PRODUCTS
from isingdbn.parameters.data import SURROGATES as KINDS

SPINS = [kind for kind in KINDS if kind not in REAL]


def simulate(output, samples=97, seed=3):
    options = ["--size", "5x11", "--temperature", "2.50", "--samples", str(samples),
               "--updates", "5", "--thermalization", "20", "--chains", "7"]  # fmt: skip
    assert main(["simulate", *options, "--seed", str(seed), "--output", str(output)]) == 0
    return output


def surrogate(lattices, output, kind="pixel_shuffle", *options):
    return main(
        [
            "surrogate",
            "--lattices",
            str(lattices),
            "--data",
            kind,
            *options,
            "--output",
            str(output),
        ]
    )


@pytest.fixture(scope="module")
def lattices(tmp_path_factory):
    """A small rectangular store."""
    return simulate(tmp_path_factory.mktemp("surrogate") / "spins.zarr")


@pytest.fixture(scope="module")
def stores(lattices, tmp_path_factory):
    """A store of each kind, by kind."""
    folder = tmp_path_factory.mktemp("surrogates")
    paths = {kind: folder / f"{kind}.zarr" for kind in KINDS}
    for kind, path in paths.items():
        assert surrogate(lattices, path, kind) == 0
    return paths


@pytest.mark.parametrize("kind", SPINS)
def test_spins_are_lattices_to_everyone(stores, lattices, kind):
    data = xr.open_zarr(stores[kind])
    source = xr.open_zarr(lattices)
    assert data["spins"].dtype == source["spins"].dtype == np.int8
    assert data["spins"].dims == source["spins"].dims
    assert data["spins"].shape == (97, 5, 11)
    assert data["energy"].attrs == source["energy"].attrs
    taken, real = load_lattices(stores[kind], held_out=10), load_lattices(lattices, held_out=10)
    assert (
        (taken.shape, taken.temperature, taken.seed)
        == (real.shape, real.temperature, real.seed)
        == ((5, 11), 2.5, 3)
    )
    if kind == "pixel_shuffle":  # the same lattices are held out
        sums = [part.held_out.rows(slice(None)).sum(axis=(1, 2)) for part in (taken, real)]
        assert (sums[0] == sums[1]).all()


@pytest.mark.parametrize("kind", KINDS)
def test_variables_and_attributes(stores, lattices, kind):
    data = storage.load(stores[kind], "field" if kind in REAL else "lattices").load()
    spins = data["spins"].values.astype(np.float64)
    bonds = spins * np.roll(spins, -1, 1) + spins * np.roll(spins, -1, 2)
    np.testing.assert_allclose(data["energy"], -bonds.mean(axis=(1, 2)), atol=1e-12)
    np.testing.assert_allclose(data["magnetization"], spins.mean(axis=(1, 2)), atol=1e-12)
    expected = {
        "data": kind,
        "height": 5,
        "width": 11,
        "temperature": 2.5,
        "seed": 3,
        "surrogate_seed": 3,
        "samples": 97,
    }
    assert expected.items() <= data.attrs.items()
    assert data.attrs["input_sha256"] == {lattices.as_posix(): storage.digest(lattices)}
    assert (
        ("correlation_miss" in data.attrs)
        == ("clipped_fraction" in data.attrs)
        == (kind in {*SIGN_PRODUCTS, *POWERS, "mixed_thresholded_gaussian"})
    )


def test_a_two_point_function_that_is_missed_is_told(tmp_path, lattices, capsys):
    """Of a single lattice, negative C(r) cannot be had by a product of two signs."""
    store = simulate(tmp_path / "one.zarr", samples=1, seed=1)
    for source, told in ((store, True), (lattices, False)):
        output = tmp_path / f"{source.stem}_product.zarr"
        assert surrogate(source, output, "sign_product_2") == 0
        miss = xr.open_zarr(output).attrs["correlation_miss"]
        assert (miss > 0.01) == told
        warning = f"warning: {output}: the two-point function expected of the surrogates differs"
        warning += f" from that of the lattices by up to {miss:.2g}, more than 0.01;"
        assert (warning in capsys.readouterr().err) == told


def test_rearranged_lattices_keep_their_chain_and_others_have_none(stores, lattices):
    chain = xr.open_zarr(lattices)["chain"]
    for kind, path in stores.items():
        data = xr.open_zarr(path)
        if kind in ("pixel_shuffle", "fixed_permutation"):
            np.testing.assert_array_equal(
                data["magnetization"], xr.open_zarr(lattices)["magnetization"]
            )
            xr.testing.assert_identical(data["chain"].drop_vars("chain"), chain.drop_vars("chain"))
        else:
            assert "chain" not in data.coords


def test_a_field_reads_back_as_it_was_drawn(stores, lattices):
    """Real numbers go through the same sharded, compressed storage without loss."""
    drawn = np.concatenate(
        list(module.surrogates("gaussian_field", xr.open_zarr(lattices)["spins"].values, 2.5, 3)[0])
    )
    stored = xr.open_zarr(stores["gaussian_field"])["spins"]
    assert stored.dtype == np.float32
    np.testing.assert_array_equal(stored, drawn)
    assert stored.attrs["long_name"] == "Gaussian field"


@pytest.mark.parametrize("kind", KINDS)
def test_made_again_the_bytes_are_the_same(stores, lattices, tmp_path, kind):
    again = tmp_path / f"{kind}.zarr"
    assert surrogate(lattices, again, kind, "--seed", "3") == 0
    assert storage.manifest_of(again).read_text() == storage.manifest_of(stores[kind]).read_text()


def test_chunks_of_the_source_do_not_matter(stores, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "SHARD_BYTES", 55 * 40)
    rechunked = simulate(tmp_path / "spins.zarr")
    for kind in KINDS:
        assert surrogate(rechunked, tmp_path / f"{kind}.zarr", kind) == 0
        xr.testing.assert_equal(xr.open_zarr(tmp_path / f"{kind}.zarr"), xr.open_zarr(stores[kind]))


def test_groups_follow_one_another_in_the_store(stores, lattices, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "GROUP_SITES", 55 * 13)
    assert surrogate(lattices, tmp_path / "a.zarr", "fixed_permutation") == 0
    xr.testing.assert_equal(
        xr.open_zarr(tmp_path / "a.zarr"), xr.open_zarr(stores["fixed_permutation"])
    )


def test_another_seed_is_another_repetition_of_the_same_lattices(stores, lattices, tmp_path):
    assert surrogate(lattices, tmp_path / "a.zarr", "independent", "--seed", "4") == 0
    data = xr.open_zarr(tmp_path / "a.zarr")
    assert (data.attrs["seed"], data.attrs["surrogate_seed"]) == (3, 4)
    assert abs(
        float((data["spins"] == xr.open_zarr(stores["independent"])["spins"]).mean()) - 0.5
    ) < 4.5 * 0.5 / np.sqrt(97 * 55)


def refused(capsys, status, words):
    """Exit status 2 and one line that holds ``words``."""
    (line,) = capsys.readouterr().err.splitlines()
    assert status == 2
    assert line.startswith("isingdbn surrogate: ")
    assert words in line


@pytest.mark.parametrize(
    ("kind", "options", "words"),
    [
        ("polish", [], "argument --data: invalid choice: 'polish' (choose from "),
        ("pixel", [], "invalid choice: 'pixel'"),
        (
            "independent",
            ["--seed", "-1"],
            "argument --seed: '-1' is not allowed: it is an integer ≥ 0 and ≤ 9223372036854775807",
        ),
        ("independent", ["--threads", "2"], "unrecognized arguments: --threads 2"),
    ],
)
def test_bad_options_are_one_line_and_leave_nothing(
    lattices, tmp_path, capsys, kind, options, words
):
    refused(capsys, surrogate(lattices, tmp_path / "a.zarr", kind, *options), words)
    assert list(tmp_path.iterdir()) == []


def test_an_existing_store_is_not_overwritten(stores, lattices, capsys):
    """That is found before anything is read: without lattices the complaint is the same."""
    before = storage.digest(stores["independent"])
    for source in (lattices, lattices.with_name("none.zarr")):
        refused(
            capsys, surrogate(source, stores["independent"]), "independent.zarr: exists already"
        )
    assert storage.digest(stores["independent"]) == before


def test_wrong_sources_are_named_and_leave_nothing(stores, tmp_path, capsys):
    out = tmp_path / "a.zarr"
    refused(capsys, surrogate(tmp_path / "none.zarr", out), "none.zarr: there is no such store")
    refused(
        capsys,
        surrogate(stores["gaussian_field"], out),
        "gaussian_field.zarr: is of the kind 'field', 'lattices' is needed",
    )
    refused(
        capsys,
        surrogate(stores["independent"], out),
        "independent.zarr: holds surrogates (independent) already",
    )
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_source_is_named(tmp_path, capsys):
    store = simulate(tmp_path / "spins.zarr")
    capsys.readouterr()
    shard = next(
        path for path in (store / "spins").rglob("*") if path.is_file() and path.name != "zarr.json"
    )
    content = bytearray(shard.read_bytes())
    content[len(content) // 2] ^= 1
    shard.write_bytes(content)
    refused(capsys, surrogate(store, tmp_path / "a.zarr"), f"{shard}: is damaged, SHA-256 differs")
    assert not (tmp_path / "a.zarr").exists()


def test_spins_other_than_one_are_refused(tmp_path, capsys):
    spins = np.ones((7, 5, 11), np.int8)
    spins[6, 4, 10] = 0
    block = xr.Dataset({"spins": (("sample", "y", "x"), spins)})
    storage.save_samples(
        "spins", [block], 7, lambda _: {"kind": "lattices"}, tmp_path / "spins.zarr"
    )
    refused(
        capsys,
        surrogate(tmp_path / "spins.zarr", tmp_path / "a.zarr", "independent"),
        "spins.zarr: has a spin 0, other than -1 and +1",
    )
    assert not (tmp_path / "a.zarr").exists()
