"""Setting up in unusual surroundings: a tiny checkout with the real envs/setup.*,
and a package index that is a folder.
"""

import base64
import hashlib
import importlib.metadata
import os
import re
import runpy
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SETUP = ROOT / "envs" / "setup.py"
PROJECT = """\
[build-system]
requires = ["setuptools>=80"]
build-backend = "setuptools.build_meta"
[project]
name = "isingdbn"
version = "0.1.0"
[project.scripts]
isingdbn = "isingdbn:run"
"""
# Settings of pip that end a set-up or spoil it, each of them alone.
SPOILERS = {
    "USER": "1",
    "REQUIRE_HASHES": "1",
    "TARGET": "/nowhere/target",
    "PREFIX": "/nowhere/prefix",
    "ROOT": "/nowhere/root",
    "NO_DEPS": "1",
    "DRY_RUN": "1",
    "REQUIRE_VIRTUALENV": "1",
    "NO_BINARY": ":all:",
    "ONLY_BINARY": "none",
    "CONSTRAINT": "/nowhere/constraints.txt",
    "REQUIREMENT": "/nowhere/requirements.txt",
    "EDITABLE": "/nowhere/package",
    "PYTHON": "/nowhere/python",
    "PLATFORM": "win32",
    "PYTHON_VERSION": "2.7",
    "IGNORE_INSTALLED": "1",
    "LOG": "/nowhere/log",
    "QUIET": "3",
    "NO_BUILD_ISOLATION": "0",
    "USE_FEATURE": "no-such-feature",
}
REACH = {
    "INDEX_URL": "https://mirror.example/simple",
    "EXTRA_INDEX_URL": "https://a.example https://b.example",
    "FIND_LINKS": "/some/wheels",
    "NO_INDEX": "1",
    "TRUSTED_HOST": "mirror.example",
    "CERT": "/some/cert.pem",
    "CLIENT_CERT": "/some/client.pem",
    "PROXY": "http://proxy.example:3128",
    "TIMEOUT": "77",
    "DEFAULT_TIMEOUT": "78",
    "RETRIES": "1",
    "CACHE_DIR": "/some/cache",
    "NO_CACHE_DIR": "1",
    "KEYRING_PROVIDER": "disabled",
    "USE_FEATURE": "truststore",
}


def wheel(folder, name, version, files):
    """A wheel of those files, and its pin."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    files = {
        info + "/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n".encode(),
        **files,
    }
    files[info + "/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )

    def digest(content):
        return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()

    record = [
        f"{inside},sha256={digest(content)},{len(content)}\n" for inside, content in files.items()
    ]
    files[info + "/RECORD"] = "".join([*record, f"{info}/RECORD,,\n"]).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for inside, content in files.items():
            archive.writestr(inside, content)
    return f"{name}=={version} --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """A folder with the wheels of setuptools and of a package ``peer``,
    and the lock that pins them.
    """
    folder = tmp_path_factory.mktemp("index")
    installed = importlib.metadata.distribution("setuptools")
    kept = [
        file
        for file in installed.files
        if file.suffix != ".pyc" and "tests" not in file.parts and ".." not in file.parts
    ]
    kept = [
        file
        for file in kept
        if file.name not in ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json")
    ]
    files = {str(file): file.locate().read_bytes() for file in kept}
    lock = wheel(folder, "setuptools", installed.version, files)
    lock += wheel(folder, "peer", "1.0", {"peer.py": b"origin = 'the lock'\n"})
    (folder / "requirements.lock").write_text(lock)
    return folder


def checkout(path, index):
    """A tiny checkout at ``path``."""
    (path / "envs").mkdir(parents=True)
    for file in SETUP.parent.glob("setup.*"):
        shutil.copy2(file, path / "envs")
    shutil.copy2(index / "requirements.lock", path / "envs")
    shutil.copy2(ROOT / "Makefile", path)
    (path / "src" / "isingdbn").mkdir(parents=True)
    (path / "src" / "isingdbn" / "__init__.py").write_text("def run():\n    print('runs')\n")
    (path / "pyproject.toml").write_text(PROJECT)
    return path


@pytest.fixture(scope="module")
def surroundings(index, tmp_path_factory):
    """A home without settings, and the index as the user's pip knows it."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))
    }
    # The Python that runs this, not the .venv that it has made.
    real = str(Path(sys.executable).resolve())
    return kept | {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "PYTHON": real,
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(index),
    }


def set_up(path, environment, **arguments):
    command = ["sh", str(path / "envs" / "setup.sh")]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, **arguments
    )


def inside(path, code):
    """What the environment's Python prints."""
    return subprocess.run(
        [path / ".venv/bin/python", "-I", "-c", code], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture(scope="module")
def hostile(index, surroundings, tmp_path_factory):
    """Surroundings that spoil a set-up in every way at once, with a decoy for ``cd`` to go to."""
    folder = tmp_path_factory.mktemp("hostile")
    elsewhere = folder / "elsewhere"
    (elsewhere / ".venv").mkdir(parents=True)
    (elsewhere / ".venv" / "precious").touch()
    (elsewhere / "envs").mkdir()
    wrong = folder / "wrong"
    (wrong / "peer-1.0.dist-info").mkdir(parents=True)
    (wrong / "peer-1.0.dist-info" / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: peer\nVersion: 1.0\n"
    )
    (wrong / "peer.py").write_text("origin = 'PYTHONPATH'\n")
    (wrong / "sitecustomize.py").write_text("print('sitecustomize ran')\n")
    (wrong / "venv.py").write_text("raise ImportError('PYTHONPATH')\n")
    home = folder / "home"
    (home / ".config" / "pip").mkdir(parents=True)
    (home / ".pydistutils.cfg").write_text(
        f"[install]\ninstall_lib = {folder}/lib\n[build]\nbuild_lib = {folder}/lib\n"
    )
    conf = [
        f"{name.lower().replace('_', '-')} = {value}"
        for name, value in SPOILERS.items()
        if name != "USE_FEATURE"
    ]
    # The mirror comes from pip.conf.
    conf += ["no-index = true", f"find-links = {index}"]
    (home / ".config" / "pip" / "pip.conf").write_text("\n".join(["[global]", *conf, ""]))
    kept = {name: value for name, value in surroundings.items() if not name.startswith("PIP_")}
    spoilers = {f"PIP_{name}": value for name, value in SPOILERS.items()}
    # XDG_CONFIG_HOME is pip's way to pip.conf where it is set.
    return kept | {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "CDPATH": str(elsewhere.parent / "elsewhere"),
        "PYTHONPATH": str(wrong),
        "PYTHONHOME": "/nowhere",
        "PYTHONUSERBASE": str(folder / "userbase"),
        "PYTHONOPTIMIZE": "2",
        "PYTHONWARNINGS": "error",
        "PYTHONSTARTUP": "/nowhere",
        "SETUPTOOLS_USE_DISTUTILS": "nothing",
        "SETUPTOOLS_ENABLE_FEATURES": "legacy-editable",
        "LC_ALL": "C",
        **spoilers,
    }


@pytest.fixture(scope="module")
def tried(index, hostile, tmp_path_factory):
    """A checkout in hostile surroundings, at an odd path, with a set-up that was killed and what
    two more then said at once.
    """
    path = checkout(tmp_path_factory.mktemp("made") / "a space, o'clock, ü and λ", index)
    precious = path.parent / "precious"
    precious.mkdir()
    (precious / "file").touch()
    (path / ".venv").symlink_to(precious)

    def start():
        # So called, the script looks for "envs/..", which CDPATH has too.
        streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        return subprocess.Popen(
            ["sh", "envs/setup.sh"], cwd=path, env=hostile, text=True, umask=0o077, **streams
        )

    with start() as killed:
        end = time.monotonic() + 60
        while not (path / ".venv" / "bin").exists():
            assert killed.poll() is None, killed.stdout.read()
            assert time.monotonic() < end
            time.sleep(0.01)
        killed.kill()  # what it has started goes on
    with start() as one, start() as other:
        said = [running.communicate()[0] for running in (one, other)]
    return path, [(one.returncode, said[0]), (other.returncode, said[1])]


@pytest.fixture(scope="module")
def made(tried):
    """The environment that came out of it."""
    path, said = tried
    assert [status for status, _ in said] == [0, 0], said
    return path


def test_the_user_s_surroundings_do_not_get_into_the_environment(made, hostile):
    assert inside(made, "import peer; print(peer.origin)") == "the lock"
    assert inside(made, "import isingdbn; print(isingdbn.__file__)") == str(
        made / "src/isingdbn/__init__.py"
    )
    assert (
        subprocess.run(
            [made / ".venv/bin/isingdbn"], capture_output=True, text=True, check=True
        ).stdout
        == "runs\n"
    )
    assert not (Path(hostile["HOME"]).parent / "lib").exists()
    assert not (Path(hostile["HOME"]).parent / "userbase").exists()


def test_nothing_outside_the_checkout_is_removed(made, hostile):
    assert (Path(hostile["CDPATH"]) / ".venv" / "precious").exists()


def test_an_environment_that_matches_is_ready_at_once_by_any_name_of_the_place(
    made, hostile, tmp_path
):
    other = tmp_path / "other"
    other.symlink_to(made)
    record = (made / ".venv/made-from").stat().st_mtime_ns
    for path in (made, other):
        for environment in (hostile, {**hostile, "PYTHON": ""}):
            start = time.monotonic()
            done = set_up(path, environment)
            assert (done.returncode, done.stdout + done.stderr) == (0, "")
            assert time.monotonic() - start < 5
    assert (made / ".venv/made-from").stat().st_mtime_ns == record


@pytest.mark.parametrize(("name", "value"), SPOILERS.items())
def test_a_setting_of_pip_that_changes_what_is_installed_does_not_count(name, value):
    assert not runpy.run_path(str(SETUP))["reaches"](name, value)


@pytest.mark.parametrize("where", ["environment", "pip.conf"])
def test_how_pip_reaches_an_index_counts_and_nothing_else(where, monkeypatch, tmp_path):
    for variable in [variable for variable in os.environ if variable.startswith("PIP_")]:
        monkeypatch.delenv(variable)
    unreadable = ("USE_FEATURE",) if where == "pip.conf" else ()
    spoilers = {name: value for name, value in SPOILERS.items() if name not in unreadable}
    conf = "".join(
        f"{name.lower().replace('_', '-')} = {value}\n"
        for name, value in {**spoilers, **REACH}.items()
    )
    (tmp_path / "pip.conf").write_text(f"[install]\n{conf}" if where == "pip.conf" else "")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    for name, value in {**spoilers, **REACH}.items() if where == "environment" else ():
        monkeypatch.setenv(f"PIP_{name}", value)
    setup = runpy.run_path(str(SETUP))
    found = setup["reach"](sys.executable)
    assert found.items() >= {f"PIP_{name}": value for name, value in REACH.items()}.items()
    assert not found.keys() & {f"PIP_{name}" for name in SPOILERS if name not in REACH}
    assert {name for name in setup["clean"]() if name.startswith("PIP_")} == {"PIP_CONFIG_FILE"}


def test_pip_settings_that_cannot_be_read_are_one_line(monkeypatch, tmp_path):
    (tmp_path / "pip.conf").write_text("no section\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(
        SystemExit,
        match=r"^setup: pip cannot read its settings \(pip.conf, PIP_\* variables\): [^\n]+$",
    ):
        runpy.run_path(str(SETUP))["reach"](sys.executable)


def test_an_environment_of_another_version_place_or_package_does_not_match(made):
    def matches():
        command = [made / ".venv/bin/python", "-I", "-X", "utf8", made / "envs/setup.py", "check"]
        return subprocess.run(command, check=False).returncode == 0

    (link,) = made.glob(".venv/lib/*/site-packages/*isingdbn*.pth")
    for file, change in [
        (
            made / ".venv/made-from",
            lambda content: re.sub(rb"Python 3\.\d+", b"Python 3.10", content),
        ),
        (made / ".venv/made-from", lambda content: content.replace(b"a space", b"another")),
        (made / "pyproject.toml", lambda content: content + b"#"),
        (made / "envs/requirements.lock", lambda content: content + b"#"),
        (link, lambda _: b"/nowhere\n"),
    ]:
        content = file.read_bytes()
        assert matches()
        file.write_bytes(change(content))
        assert not matches(), file
        file.write_bytes(content)


def test_two_set_ups_at_once_after_a_killed_one_make_one_environment(tried):
    _, said = tried
    assert [status for status, _ in said] == [0, 0], said
    lines = [line for _, words in said for line in words.splitlines()]
    assert sum("making .venv" in line for line in lines) == 1
    assert "setup: another set-up is at work in this checkout; waiting for it" in lines


def test_where_the_environment_was_a_link_its_target_is_left_alone(made):
    assert (made.parent / "precious" / "file").exists()


@pytest.mark.parametrize("name", ["a:b", 'a"b', "a$b", "a`b", "a\\b", "a\nb", b"a\xffb"])
def test_a_place_that_scripts_cannot_name_is_one_line(name, index, surroundings, tmp_path):
    path = checkout(tmp_path / os.fsdecode(name), index)
    done = set_up(path, surroundings)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "move the checkout" in done.stderr
    assert not (path / ".venv").exists()


def test_a_python_that_the_user_has_chosen_and_that_will_not_do_is_one_line(made, surroundings):
    done = set_up(made, surroundings | {"PYTHON": "/nowhere/python"})
    assert done.returncode == 2
    assert done.stderr == "setup: PYTHON=/nowhere/python is not a Python 3.11 or 3.12 with venv\n"


def test_make_runs_without_what_changes_imports_locks_or_the_repository(tmp_path):
    (tmp_path / "Makefile").write_text(f"include {ROOT}/Makefile\nshow:\n\t@env\n")
    gone = [
        "PYTHONPATH",
        "PYTHONHOME",
        "PYTHONSTARTUP",
        "PYTHONWARNINGS",
        "PYTHONOPTIMIZE",
        "PYTHONUSERBASE",
        "PYTHONSAFEPATH",
    ]
    gone += [
        "PYTEST_PLUGINS",
        "UV_CONSTRAINT",
        "UV_RESOLUTION",
        "CDPATH",
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
    ]
    kept = ["PYTHON", "PYTHONUTF8", "UV_INDEX_URL", "UV_INDEX_MINE_PASSWORD", "PYTEST_ADDOPTS"]
    environment = os.environ | dict.fromkeys([*gone, *kept], "/nowhere")
    done = subprocess.run(
        ["make", "show"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    names = {line.partition("=")[0] for line in done.stdout.splitlines()}
    assert not names & set(gone)
    assert names >= {*kept, "PYTHONNOUSERSITE"}


@pytest.mark.parametrize("script", ["envs/setup_benchmark.sh", ".ci/run"])
def test_scripts_go_to_their_own_checkout(script, tmp_path):
    here, there, programs = tmp_path / "here", tmp_path / "there", tmp_path / "programs"
    for folder in (here, there):
        (folder / script).parent.mkdir(parents=True)
        (folder / "envs").mkdir(exist_ok=True)
        (folder / "envs/setup.sh").write_text("pwd -P >> said; exit 3\n")
    shutil.copy2(ROOT / script, here / script)
    programs.mkdir()
    for program in (
        "make",
        "apt-get",
        "git",
        "sha256sum",
        "slurmctld",
        "slurmd",
        "munged",
        "python3",
    ):
        (programs / program).write_text(
            "#!/bin/sh\npwd -P >> said; exit 3\n" if program == "make" else "#!/bin/sh\n"
        )
        (programs / program).chmod(0o755)
    environment = os.environ | {
        "CDPATH": str(there),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    shell = "bash" if script == ".ci/run" else "sh"
    done = subprocess.run(
        [shell, script], cwd=here, env=environment, capture_output=True, check=False
    )
    assert done.returncode == 3
    assert (here / "said").read_text() == f"{here.resolve()}\n"
    assert not (there / "said").exists()


def test_the_benchmarks_environment_without_its_python_is_made_anew(tmp_path):
    for part in (
        "envs/benchmark.lock",
        "envs/benchmark_torch.txt",
        "envs/setup_benchmark.sh",
        "benchmarks/peers/floor.cpp",
    ):
        (tmp_path / part).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / part, tmp_path / part)
    (tmp_path / "envs/setup.sh").touch()
    python, record = tmp_path / ".venv/bin/python", tmp_path / ".benchmark/made-from"
    python.parent.mkdir(parents=True)
    # it says no version, and makes no environment
    python.write_text('#!/bin/sh\n[ "$3" != venv ] || exit 3\n')
    python.chmod(0o755)
    parts = [tmp_path / "envs/benchmark.lock", tmp_path / "envs/benchmark_torch.txt"]
    parts += [tmp_path / "benchmarks/peers/floor.cpp", tmp_path / "envs/setup_benchmark.sh"]
    peers = tmp_path / ".benchmark/venv/bin/python"
    peers.parent.mkdir(parents=True)
    record.write_bytes(
        b"".join(part.read_bytes() for part in parts) + f"{tmp_path.resolve()}\n".encode()
    )
    for program, status in ((sys.executable, 0), ("/nowhere/python", 3)):
        peers.unlink(missing_ok=True)
        peers.symlink_to(program)
        done = subprocess.run(
            ["sh", "envs/setup_benchmark.sh"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, "making .benchmark" in done.stdout) == (status, status != 0), (
            done.stderr
        )
    assert not record.exists()


in_git = pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a clone")


@in_git
def test_no_script_says_cd_where_cdpath_counts():
    names = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    scripts = [ROOT / name for name in names if name.endswith(".sh") or name.startswith(".ci/")]
    assert len(scripts) >= 3
    for script in scripts:
        lines = script.read_text().splitlines()
        moves = [line for line in lines if re.match(r"\s*cd\b", line)]
        assert all(line.startswith("cd -P -- ") for line in moves), script
        assert not moves or "unset CDPATH" in lines, script


def test_the_lock_waits_for_whoever_holds_the_descriptor(tmp_path):
    script = f'exec 9>>lock; "{sys.executable}" -I "{SETUP}" lock 9 && echo held && sleep "$0"'
    with subprocess.Popen(
        ["sh", "-c", script, "1"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as first:
        assert first.stdout.readline() == "held\n"
        second = subprocess.run(
            ["sh", "-c", script, "0"], cwd=tmp_path, capture_output=True, text=True, check=True
        )
    assert (
        second.stdout == "setup: another set-up is at work in this checkout; waiting for it\nheld\n"
    )


@in_git
def test_a_clone_with_windows_line_ends_has_those_of_unix(tmp_path):
    clone = tmp_path / "clone"
    subprocess.run(["git", "-c", "core.autocrlf=true", "clone", "--quiet", ROOT, clone], check=True)
    subprocess.run(["git", "-C", clone, "config", "core.autocrlf", "true"], check=True)
    listed = subprocess.run(
        ["git", "-C", clone, "ls-files", "--eol"], capture_output=True, text=True, check=True
    ).stdout
    assert not re.findall(r"crlf|mixed", listed)
    for script in [*clone.glob("envs/*.sh"), clone / ".ci/run"]:
        subprocess.run(["sh" if script.suffix else "bash", "-n", script], check=True)
    assert (
        subprocess.run(
            ["git", "-C", clone, "status", "--porcelain"],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        == ""
    )


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc")
def test_the_environment_is_not_removed_under_a_run(made, surroundings):
    project = made / "pyproject.toml"
    text = project.read_text()
    words = [made / ".venv/bin/python", "-c", "input()", made / ".venv/bin/snakemake"]
    with subprocess.Popen(words, stdin=subprocess.PIPE) as at_work:
        project.write_text(text + "# edited\n")
        done = set_up(made, surroundings)
        project.write_text(text)
        at_work.communicate(b"\n")
    assert done.returncode == 1
    assert done.stderr == (
        f"setup: Snakemake (process {at_work.pid}) runs from .venv, which must be made anew, as"
        " the lock, pyproject.toml or Python has changed; wait for its end, or end it (nothing is"
        " lost), and run this again\n"
    )
    assert set_up(made, surroundings).stdout == ""


# The last two, as they make the environment anew and take it away.
def test_an_active_environment_that_no_longer_matches_is_made_anew(made, surroundings):
    """Its own Python comes first in PATH, and goes with it."""
    with (made / "pyproject.toml").open("a") as project:
        project.write("# an edit\n")
    active = {name: value for name, value in surroundings.items() if name != "PYTHON"}
    active["PATH"] = f"{made / '.venv/bin'}{os.pathsep}{active['PATH']}"
    done = set_up(made, active)
    assert (done.returncode, done.stderr) == (0, "")
    assert inside(made, "import peer; print(peer.origin)") == "the lock"


def test_without_its_python_the_environment_is_made_anew_and_without_a_network_that_is_one_line(
    made, surroundings
):
    for python in made.glob(".venv/bin/python*"):
        python.unlink()
        python.symlink_to("/nowhere/python")
    away = {
        "PIP_NO_INDEX": "0",
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
        "PIP_FIND_LINKS": "/nowhere",
        "PIP_RETRIES": "1",
    }
    done = set_up(made, surroundings | away | {"PIP_EXTRA_INDEX_URL": "http://127.0.0.1:9/more"})
    assert "making .venv" in done.stdout
    assert "ready" not in done.stdout
    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert re.match(
        (
            r"setup: installing the packages failed: .*refused.*setup\.log has all of it;"
            r" mend that and run it again$"
        ),
        line,
    )
    assert not (made / ".venv/made-from").exists()
