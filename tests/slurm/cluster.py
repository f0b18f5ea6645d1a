"""A Slurm of its own on this machine, for as long as a ``with`` block: munge, one controller
and two nodes, on loopback.
"""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import psutil

CONFIGURATION = Path("/etc/slurm/slurm.conf")
MARK = "# Written by tests/slurm/cluster.py and removed at the end."
NODES = ("node1", "node2")
# Snakemake's plugin reads the configuration at its default place only.
# Without control groups, memory is watched once a second by the accounting plugin,
# which ends jobs that are over their limit.
TEMPLATE = """{mark}
ClusterName=isingdbn-tests
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket,cred_expire=5
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU_Memory
SchedulerParameters=bf_interval=1,sched_interval=1
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SlurmdTimeout=6
KillWait=2
MinJobAge=3600
ReturnToService=2
NodeName=node1 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[1]} \
CPUs=2 RealMemory=32000 State=UNKNOWN
NodeName=node2 NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[2]} \
CPUs=2 RealMemory=32000 State=UNKNOWN
PartitionName=tests Nodes=ALL MaxTime=INFINITE State=UP
"""


def wait_for(condition, what, seconds=60):
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what}"
        time.sleep(0.1)
    return value


def output_of(*command):
    """What a Slurm command prints; nothing if the controller is away."""
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [item.getsockname()[1] for item in sockets]
    for item in sockets:
        item.close()
    return ports


class Job(NamedTuple):
    """What Slurm says of a job."""

    number: str
    state: str
    node: str
    memory: str
    time_limit: str


class Cluster:
    """The daemons, and what is asked of them.

    A daemon dies with this process, so that a killed test leaves none.
    """

    def __init__(self):
        self.daemons = {}

    def __enter__(self):
        if CONFIGURATION.exists() and MARK not in CONFIGURATION.read_text():
            raise FileExistsError(
                f"{CONFIGURATION}: this machine has a Slurm already, which stays as it"
                " is; run the tests elsewhere"
            )
        self.folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.folder.chmod(0o755)
        (self.folder / "state").mkdir()
        text = TEMPLATE.format(
            mark=MARK, host=socket.gethostname(), folder=self.folder, ports=free_ports(3)
        )
        CONFIGURATION.write_text(text)
        try:
            self.start_munge()
            self.start_controller()
            self.start_nodes(*NODES)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        subprocess.run(["scancel", "--user=root"], capture_output=True, check=False)
        for daemon in reversed(self.daemons.values()):
            daemon.terminate()
        for daemon in self.daemons.values():
            daemon.wait(timeout=30)
        for process in psutil.process_iter(["name", "cmdline"]):
            if "slurmstepd" in " ".join(
                [process.info["name"], *(process.info["cmdline"] or [])[:1]]
            ):
                for child in [*process.children(recursive=True), process]:
                    child.kill()
        CONFIGURATION.unlink()
        shutil.rmtree(self.folder)

    def _start(self, name, *command):
        with (self.folder / f"{name}.log").open("a") as log:
            self.daemons[name] = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", *command], stdout=log, stderr=log
            )

    def start_munge(self):
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o400)
        files = [
            f"--{option}={self.folder}/munge.{suffix}"
            for option, suffix in {
                "socket": "socket",
                "key-file": "key",
                "pid-file": "pid",
                "seed-file": "seed",
                "log-file": "log",
            }.items()
        ]
        self._start("munged", "munged", "--foreground", "--force", *files)
        wait_for((self.folder / "munge.socket").exists, "munge")

    def start_controller(self):
        self._start("slurmctld", "slurmctld", "-D")
        wait_for(lambda: "is UP" in output_of("scontrol", "ping"), "the controller")

    def start_nodes(self, *names):
        for name in names:
            self._start(name, "slurmd", "-D", "-N", name)
        for name in names:
            wait_for(
                lambda name=name: (
                    f"{name} idle\n" in output_of("sinfo", "--noheader", "--Node", "--format=%N %T")
                ),
                name,
            )

    def kill(self, daemon):
        """Kill a daemon as ``kill -9`` does. What a node daemon has started lives on."""
        self.daemons[daemon].kill()
        self.daemons[daemon].wait()

    def jobs(self, folder, rule):
        """All jobs of a rule, or of a group, that were submitted
        from a folder, the first one first.
        """
        lines = output_of(
            "squeue", "--states=all", "--noheader", "--sort=i", "--format=%i|%T|%N|%m|%l|%k|%Z"
        ).splitlines()
        rows = [line.split("|") for line in lines]
        return [
            Job(*row[:5])
            for row in rows
            if row[5].startswith(f"rule_{rule}") and row[6] == str(folder)
        ]
