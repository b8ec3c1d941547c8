"""A Spark cluster on this machine, from the pip package: a master, workers and a Thrift server, on loopback."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyspark

SPARK_HOME = Path(pyspark.__file__).parent
START_SECONDS = 120


@dataclass
class SparkCluster:
    """Where the cluster listens, and its processes by name (`master`, `worker-1`..., `thrift`)."""

    folder: Path
    thrift_port: int
    ui_port: int
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    def kill(self, name: str) -> None:
        """SIGKILL one process and what it started (a worker's executors)."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def peak_mb(self) -> float:
        """The most memory that each of its processes has had, summed."""
        groups = {process.pid for process in self.processes.values()}
        pids = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
        return sum(_peak_kb(pid) for pid in pids if _group(pid) in groups) / 1024

    def ui(self, path: str) -> Any:
        """What Spark's own UI knows about the application, e.g. `stages`."""
        base = f"http://127.0.0.1:{self.ui_port}/api/v1/applications"
        application = json.load(urllib.request.urlopen(base, timeout=10))[0]["id"]
        return json.load(urllib.request.urlopen(f"{base}/{application}/{path}", timeout=60))

    def tasks_by_host(self) -> dict[str, int]:
        """Tasks completed by each executor, as Spark's own UI counts them."""
        return {each["id"]: each["completedTasks"] for each in self.ui("allexecutors") if each["id"] != "driver"}


@contextmanager
def spark_cluster(
    folder: Path, workers: int = 2, cores: int = 1, memory: str = "1g", **more: str
) -> Iterator[SparkCluster]:
    """Starts a cluster and waits until its Thrift server takes connections. Raises RuntimeError with its log.

    `more` are settings of Spark, with _ for each dot of their names.
    """
    folder.mkdir(parents=True, exist_ok=True)
    master_port, thrift_port, ui_port = free_port(), free_port(), free_port()
    cluster = SparkCluster(folder, thrift_port, ui_port)
    environment = os.environ | {
        "SPARK_HOME": str(SPARK_HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        # The server that takes jobs by REST has a fixed port, which another cluster on this machine may have.
        "SPARK_MASTER_OPTS": "-Dspark.port.maxRetries=0 -Dspark.master.rest.enabled=false",
        "SPARK_DAEMON_MEMORY": "256m",
        "SPARK_LOCAL_DIRS": str(folder / "local"),
        "SPARK_WORKER_DIR": str(folder / "work"),
    }
    master = f"spark://127.0.0.1:{master_port}"
    spark_class = str(SPARK_HOME / "bin" / "spark-class")
    settings = {
        "spark.ui.port": ui_port,
        "spark.executor.memory": memory,
        "spark.executor.cores": cores,
        "spark.sql.shuffle.partitions": 2,
        "spark.sql.warehouse.dir": folder / "warehouse",
        "spark.hadoop.hive.server2.thrift.port": thrift_port,
        "spark.hadoop.hive.server2.thrift.bind.host": "127.0.0.1",
        "spark.hadoop.javax.jdo.option.ConnectionURL": f"jdbc:derby:;databaseName={folder}/metastore;create=true",
        "spark.scheduler.mode": "FAIR",
        **{name.replace("_", "."): value for name, value in more.items()},
    }
    thrift = [str(SPARK_HOME / "bin" / "spark-submit"), "--master", master, "--class",
              "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2"]  # fmt: skip
    for name, value in settings.items():
        thrift += ["--conf", f"{name}={value}"]
    try:
        listen = ["--host", "127.0.0.1", "--port", str(master_port), "--webui-port", str(free_port())]
        _start(cluster, "master", [spark_class, "org.apache.spark.deploy.master.Master", *listen], environment)
        _wait_for(cluster, "master", master_port)
        for number in range(1, workers + 1):
            _start(cluster, f"worker-{number}", [spark_class, "org.apache.spark.deploy.worker.Worker", master,
                                                 "--host", "127.0.0.1", "--cores", str(cores), "--memory", memory,
                                                 "--webui-port", str(free_port())], environment)  # fmt: skip
        # The Thrift server, and with it the driver, is a daemon to Spark's scripts.
        _start(cluster, "thrift", [*thrift, "spark-internal"], environment | {"SPARK_DAEMON_MEMORY": "3g"})
        _wait_for(cluster, "thrift", thrift_port)
        yield cluster
    finally:
        for process in reversed(cluster.processes.values()):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _group(pid: int) -> int | None:
    with suppress(ProcessLookupError):
        return os.getpgid(pid)
    return None


def _peak_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)


def _start(cluster: SparkCluster, name: str, command: list[str], environment: dict[str, str]) -> None:
    with (cluster.folder / f"{name}.log").open("w") as log:
        cluster.processes[name] = subprocess.Popen(
            command, stdout=log, stderr=log, env=environment, cwd=cluster.folder, start_new_session=True
        )


def _wait_for(cluster: SparkCluster, name: str, port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and cluster.processes[name].poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.2)
    raise RuntimeError(f"{name} did not start:\n" + (cluster.folder / f"{name}.log").read_text()[-3000:])
