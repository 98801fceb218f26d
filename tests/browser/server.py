"""Start the app as a user does, know that it is ours that answers, and end it."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

import psutil

from tests import processes

ROOT = Path(__file__).resolve().parents[2]


class Server:
    """One `streamlit run` process with a lab home and a port of its own.

    Attributes:
        url: where it answers, without a slash at the end.
        home: its RESNET_LAB_HOME.
        port: kept over a restart, so that an open page finds the server again.
        process: the running server; another one after `restart()`.
        log: the file that takes its output, restarts included.
        startup_seconds: from the command to the first healthy answer.
    """

    def __init__(self, script: str, home: Path, port: int | None = None, environment: dict[str, str] | None = None):
        self.script = script
        self.home = home
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = home.with_name(home.name + f"-server-{self.port}.log")
        self._environment = environment or {}
        self._read = 0
        self.start()

    def start(self, timeout: float = 60.0) -> None:
        """Run the command of the README and wait until this very process answers.

        Raises:
            RuntimeError: it ended, did not answer in time, or another process holds the port; with the log's end.
        """
        environment = {**os.environ, processes.HOME_VARIABLE: str(self.home), "NO_COLOR": "1", **self._environment}
        environment.pop("PYTHONPATH", None)  # Home.py must find the packages by itself
        # The console script, not `-m streamlit`, which would put the root on sys.path.
        command = [Path(sys.executable).with_name("streamlit"), "run", self.script]
        options = ["--server.port", str(self.port), "--server.address", "127.0.0.1", "--server.headless", "true"]
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, *options],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self._healthy():
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}; its log ends:\n{self.tail()}")
            if time.monotonic() - began > timeout:
                self.stop()
                raise RuntimeError(f"the server did not answer within {timeout:.0f} s; its log ends:\n{self.tail()}")
        self.startup_seconds = time.monotonic() - began

    def stop(self) -> None:
        """End the server alone; runs that it started go on."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait(10)

    def restart(self) -> None:
        """Stop and start again on the same port with the same home."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End the server and everything that works in its home."""
        self.stop()
        processes.end_lab(self.home)

    def tail(self, lines: int = 40) -> str:
        """Return the end of the log."""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])

    def unread_log(self) -> str:
        """Return what was logged since the last call."""
        with self.log.open("rb") as log:
            log.seek(self._read)
            content = log.read()
        self._read += len(content)
        return content.decode(errors="replace")

    def _healthy(self) -> bool:
        """Ask once whether our own process listens on the port and says that it is well."""
        try:
            self.process.wait(0.05)  # paces the questions, and returns at once when the process ends
        except subprocess.TimeoutExpired:
            pass
        else:
            return False
        try:
            if self.port not in _listening_ports(self.process.pid):
                return False
            with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=5) as answer:
                return answer.status == 200
        except (psutil.NoSuchProcess, OSError):
            return False


def free_port() -> int:
    """Return a TCP port that nothing listens on, outside those that a system gives to outgoing connections."""
    while True:
        port = 11_000 + secrets.randbelow(21_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def _listening_ports(pid: int) -> set[int]:
    connections = psutil.Process(pid).net_connections(kind="tcp")
    return {item.laddr.port for item in connections if item.status == psutil.CONN_LISTEN}
