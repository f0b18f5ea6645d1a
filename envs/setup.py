"""Make .venv from requirements.lock with the package in it, unless it is there and matches.

`setup.sh` finds a Python and calls this; only the standard library is used. Of the user's
surroundings only PYTHON and the way to a package index count: a PYTHONPATH or a PIP_TARGET would
spoil the environment for good.

    setup.py                    the set-up; a second one waits for the first
    setup.py check              exit 0 if the environment that runs this is there and matches
    setup.py pip PYTHON ARGS    the pip of that Python, in the same surroundings
    setup.py lock FD            wait for the lock, and hold it for as long as FD is open
"""

import ast
import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NoReturn, TextIO

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
RECORD = VENV / "made-from"
PLAIN = ("-I", "-X", "utf8")

# Variables that change what Python imports, what pip installs, or how setuptools builds.
BENDS = ("PYTHON", "_PYTHON", "__PYVENV", "PIP_", "_PIP_", "SETUPTOOLS_", "DISTUTILS_", "DIST_")
# The settings of pip that say how to reach an index, and nothing of what to do with what is there.
REACH = {"index-url", "pypi-url", "extra-index-url", "find-links", "no-index", "trusted-host"}
REACH |= {"cert", "client-cert", "proxy", "timeout", "default-timeout", "retries"}
REACH |= {"cache-dir", "no-cache-dir", "keyring-provider"}


def say(line: str, stream: TextIO = sys.stdout) -> None:
    """Say what happens, at once."""
    print(f"setup: {line}", file=stream, flush=True)


def stop(why: str) -> NoReturn:
    """End with one line."""
    sys.exit(f"setup: {why}; mend that and run it again")


def wanted() -> bytes:
    """What an environment is made from: the lock, the entry points, this place, the interpreter."""
    made_from = [ROOT / "envs" / "requirements.lock", ROOT / "pyproject.toml"]
    version = f"\nPython {sys.version_info[0]}.{sys.version_info[1]}\n"
    # Scripts in .venv hold its path.
    return b"".join(path.read_bytes() for path in made_from) + os.fsencode(ROOT) + version.encode()


def recorded() -> bytes:
    """What the environment was made from; nothing, if it is not whole."""
    return RECORD.read_bytes() if RECORD.is_file() else b""


def check() -> bool:
    """Whether the environment that runs this matches, and has the package from this checkout."""
    package = importlib.util.find_spec("isingdbn")
    here = ROOT / "src" / "isingdbn" / "__init__.py"
    return recorded() == wanted() and package is not None and package.origin == str(here)


def ready() -> bool:
    """Whether .venv starts and matches; also this Python's version, if the user has chosen it."""
    command = [PYTHON, *PLAIN, __file__, "check"]
    try:
        done = subprocess.run(command, env=clean(), capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0 and (not os.environ.get("PYTHON") or recorded() == wanted())


def scrubbed() -> dict[str, str]:
    """The user's surroundings, without what bends Python, pip or setuptools."""
    return {name: value for name, value in os.environ.items() if not name.startswith(BENDS)}


def clean() -> dict[str, str]:
    """The same without pip.conf, the user's packages and ~/.pydistutils.cfg, which bends builds."""
    kept = scrubbed()
    home = Path(kept.get("HOME", "."))
    if (home / ".pydistutils.cfg").exists():
        found = {"NETRC": str(home / ".netrc"), "XDG_CACHE_HOME": str(home / ".cache")}
        kept = found | kept | {"HOME": str(VENV)}
    # In the plain locale setuptools could not write a path with other letters.
    kept |= {"PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "LC_ALL": "C.UTF-8"}
    return kept | {"PIP_CONFIG_FILE": os.devnull}


def reach(python: str) -> dict[str, str]:
    """The user's way to an index, from pip.conf and the environment, as variables for pip."""
    asked = scrubbed() | {"PIP_QUIET": "0", "PIP_VERBOSE": "0", "PIP_DEBUG": "0"}
    # The latter, so that a `python` in pip.conf does not count.
    asked |= {"PIP_LOG": os.devnull, "_PIP_RUNNING_IN_SUBPROCESS": "1"}
    for name, value in os.environ.items():
        if name.startswith("PIP_") and (name == "PIP_CONFIG_FILE" or reaches(name[4:], value)):
            asked[name] = value
    command = [python, *PLAIN, "-m", "pip", "config", "list"]
    said = {"capture_output": True, "text": True, "errors": "replace"}
    done = subprocess.run(command, env=asked, check=False, **said)
    if done.returncode:
        stop(f"pip cannot read its settings (pip.conf, PIP_* variables): {reason(done.stderr)}")
    settings = [line.partition("=") for line in done.stdout.splitlines()]
    found = {}
    for section in ("global", "install", ":env:"):  # the later one counts, as for pip
        for key, _, value in settings:
            name, text = key.removeprefix(section + "."), ast.literal_eval(value)
            if name != key and reaches(name, text):
                variable = "PIP_" + name.upper().replace("-", "_")
                found[variable] = os.path.expanduser(text)  # noqa: PTH111  (it may be an address)
    return found


def reaches(name: str, value: str) -> bool:
    """Whether a setting of pip says how to reach an index."""
    name = name.lower().replace("_", "-")
    return name in REACH or (name, value.strip()) == ("use-feature", "truststore")


def reason(said: str) -> str:
    """The line of a failed command's words that says why."""
    lines = [line.strip() for line in said.splitlines() if line.strip()] or ["it said nothing"]
    broken = [line.partition("connection broken by ")[2] for line in lines]
    broken = [line for line in broken if line]
    errors = [line for line in lines if line.startswith("ERROR:") and line != "ERROR: Exception:"]
    return (broken + errors + lines[-1:])[0].removeprefix("ERROR: ")


def at_work() -> str | None:
    """The number of a Snakemake that runs from .venv, if there is one; where /proc says so."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            program, *words = path.read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it has ended, or is another user's
            continue
        if program == PYTHON and any(Path(word).name == "snakemake" for word in words):
            return path.parent.name
    return None


def hold(descriptor: int) -> None:
    """Wait for the lock, which the kernel frees when the last process that has it ends."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        say("another set-up is at work in this checkout; waiting for it")
        fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError as error:
        say(f"no locks here ({error.strerror}); run one set-up at a time", sys.stderr)


def make(lock: int) -> None:
    """The environment anew; its record goes first and comes last: half of it never matches."""
    try:
        fits = not set(os.fsencode(ROOT).decode()) & set(':"$`\\\n')
    except UnicodeDecodeError:
        fits = False
    if not fits:
        allowed = 'what UTF-8 can write, without : " $ ` \\ and line breaks, is allowed'
        place = f"the path {str(ROOT)!r} cannot be in scripts"
        say(f"{place}; {allowed}; move the checkout", sys.stderr)
        sys.exit(2)

    def run(doing: str, *command: str, **environment: str) -> None:
        # The lock goes along: after a kill the next set-up waits for what is still at work.
        done = subprocess.run(
            [command[0], *PLAIN, "-m", *command[1:]],
            cwd=ROOT,
            env=clean() | environment,
            stdout=None if command[1] == "pip" else subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            check=False,
            pass_fds=[lock],
        )
        if done.returncode:
            (VENV / "setup.log").write_text(done.stderr)
            stop(f"{doing} failed: {reason(done.stderr)}; .venv/setup.log has all of it")

    if (run_id := at_work()) is not None:
        why = "as the lock, pyproject.toml or Python has changed"
        say(
            f"Snakemake (process {run_id}) runs from .venv, which must be made anew, {why};"
            " wait for its end, or end it (nothing is lost), and run this again",
            sys.stderr,
        )
        sys.exit(1)
    pins = "envs/requirements.lock"
    python = f"Python {sys.version.split()[0]}"
    say(f"making .venv with {python} and the packages of {pins}; this takes one or two minutes")
    RECORD.unlink(missing_ok=True)
    if VENV.is_dir() and not VENV.is_symlink():
        shutil.rmtree(VENV)
    else:
        VENV.unlink(missing_ok=True)
    VENV.mkdir()
    run("making .venv", sys.executable, "venv", "--without-pip", str(VENV))
    run("putting pip into .venv", PYTHON, "ensurepip", "--default-pip")
    install = [PYTHON, "pip", "install", "--quiet", "--disable-pip-version-check"]
    pinned = ["--require-hashes", "--requirement", pins]
    run("installing the packages", *install, "--no-compile", *pinned, **reach(PYTHON))
    # by all cores; what cannot be compiled here is compiled when it is used, or is no module
    compiling = [PYTHON, *PLAIN, "-m", "compileall", "-q", "-j", "0", str(VENV / "lib")]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(compiling, env=clean(), check=False, pass_fds=[lock], **quiet)
    package = ["--no-index", "--no-deps", "--no-build-isolation", "--editable", "."]
    run("installing isingdbn", *install, *package)
    RECORD.write_bytes(wanted())
    say("ready; . .venv/bin/activate puts its commands on the path of this shell")


def main(what: str = "", *arguments: str) -> None:
    """What the command line asks for."""
    if what == "check":
        sys.exit(not check())
    if what == "lock":
        hold(int(arguments[0]))
    elif what == "pip":
        python, *rest = arguments
        os.execve(python, [python, *PLAIN, "-m", "pip", *rest], clean() | reach(python))
    elif not ready():
        with (ROOT / ".setup.lock").open("a") as lock:
            hold(lock.fileno())
            if not ready():
                make(lock.fileno())


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except OSError as error:
        stop(str(error))
    except KeyboardInterrupt:
        sys.exit("setup: interrupted; run it again")
