"""A PostgreSQL server of the tests' own: started on a free port as a user without rights, and gone after the last test.

`python -m tests.postgresql` prints where its programs are, or says what to do and exits with 1.
"""

import itertools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

from tests.browser.server import free_port

PASSWORD = "not-for-readers"
START_SECONDS = 60


class NoPostgresqlError(Exception):
    """Report that the server's programs are not on this machine; the line says how to get them."""


def find_programs() -> Path:
    """Return the folder of PostgreSQL's server programs, the newest version of several.

    Raises:
        NoPostgresqlError: there is none.
    """
    on_path = shutil.which("initdb")
    found = [Path(on_path).resolve().parent] if on_path else []
    # Debian keeps them off the path, a folder for each version.
    found += sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    found = [path for path in found if (path / "initdb").is_file() and (path / "postgres").is_file()]
    if not found:
        raise NoPostgresqlError(
            "the store is tested on a real PostgreSQL server, and its programs are not installed: "
            "run scripts/setup --postgresql as root, or apt-get install postgresql"
        )
    return found[-1]


class PostgresqlServer:
    """One server with a data folder and a port of its own.

    Attributes:
        port: kept over `stop` and `start`.
        folder: its data and its log; nothing of it stays after `close`.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self._programs = find_programs()
        self._names = (f"lab{number}" for number in itertools.count())
        self._process: subprocess.Popen | None = None
        # Not below pytest's own folder, which no other user may enter.
        self.folder = Path(tempfile.mkdtemp(prefix="resnet-lab-postgresql-"))
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._user = _unprivileged_user()
        if self._user:
            shutil.chown(self.folder, self._user)
            shutil.chown(password, self._user)
        options = ["--username=lab", "--auth=scram-sha-256", f"--pwfile={password}", "--encoding=UTF8", "--locale=C"]
        self._run(["initdb", f"--pgdata={self.folder / 'data'}", "--no-sync", *options]).communicate()
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers.

        Raises:
            RuntimeError: it does not; with the end of its log.
        """
        # What keeps data over a power cut is left out: it takes most of the time.
        settings = ["listen_addresses=127.0.0.1", "fsync=off", "synchronous_commit=off", "full_page_writes=off"]
        options = [f"-k{self.folder}", f"-p{self.port}", *(f"--{setting}" for setting in settings)]
        self._process = self._run(["postgres", f"-D{self.folder / 'data'}", *options])
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self._process.wait(0.02)
                ended = True
            except subprocess.TimeoutExpired:
                ended = False
            try:
                psycopg.connect(self._conninfo("postgres"), connect_timeout=2).close()
                return
            except psycopg.OperationalError as error:
                if ended or time.monotonic() > deadline:
                    raise RuntimeError(f"the server does not start: {error}\n{self._log.read_text()}") from error

    def stop(self) -> None:
        """End it and its connections at once; its databases stay."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(2)  # the server's "fast" end
            self._process.wait(30)

    def close(self) -> None:
        """End it and remove its data."""
        self.stop()
        shutil.rmtree(self.folder)

    def new_database(self) -> str:
        """Make an empty database and return what RESNET_LAB_DB has to be for it."""
        name = next(self._names)
        self.execute(f"CREATE DATABASE {name}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.execute(f"DROP DATABASE {url.rpartition('/')[2]} WITH (FORCE)")

    def url(self, name: str) -> str:
        """Return what RESNET_LAB_DB has to be for a database."""
        return f"postgresql+psycopg://lab:{PASSWORD}@127.0.0.1:{self.port}/{name}"

    def execute(self, statement: str, database: str = "postgres") -> list[tuple]:
        """Run a statement outside any transaction and return its rows."""
        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    @property
    def _log(self) -> Path:
        return self.folder / "log.txt"

    def _conninfo(self, database: str) -> str:
        return self.url(database).replace("+psycopg", "")

    def _run(self, command: list[str]) -> subprocess.Popen:
        identity = {}
        if self._user:
            identity = {"user": self._user, "group": pwd.getpwnam(self._user).pw_gid, "extra_groups": []}
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [self._programs / command[0], *command[1:]],
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                **identity,
            )


def _unprivileged_user() -> str | None:
    """Return who shall run the server where root may not; None if this process is not root's."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


if __name__ == "__main__":
    try:
        programs = find_programs()
    except NoPostgresqlError as error:
        sys.exit(1 if "--quiet" in sys.argv else str(error))
    if "--quiet" not in sys.argv:
        print(programs)
