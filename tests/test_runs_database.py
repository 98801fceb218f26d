"""Opening a database: what is refused and left alone, and every failure as one line."""

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert

from resnet_core.errors import HomeError, LabError, StoreError
from resnet_core.runs import database, schema, store, supervision, supervisor, writes
from resnet_core.runs.records import plain
from tests.postgresql import PASSWORD, PostgresqlServer
from tests.processes import start_python
from tests.stored_rows import add, epoch, ids, step

ROOT = Path(__file__).resolve().parents[1]
OPEN = """
import sys
from resnet_core.runs import store
print("ready", flush=True)
sys.stdin.readline()
print(store.jobs())
"""


@pytest.fixture(autouse=True)
def home(fresh_home):
    return fresh_home


class TestOpening:
    def test_a_database_of_a_newer_version_is_left_untouched(self, home, monkeypatch):
        add("r-aaaaaa")
        newer = home.with_name("newer")
        newer.mkdir()
        with (
            closing(sqlite3.connect(home / "lab.sqlite")) as old,
            closing(sqlite3.connect(newer / "lab.sqlite")) as copy,
        ):
            old.backup(copy)
            copy.execute("UPDATE alembic_version SET version_num = '0099'")
            copy.commit()
        before = digests(newer)
        monkeypatch.setenv("RESNET_LAB_HOME", str(newer))
        for ask in (store.jobs, lambda: add("r-bbbbbb"), supervision.ensure, supervisor.run_forever):
            with pytest.raises(HomeError, match=r"from a newer ResNet Lab .schema 99, this one reads \d+.: update"):
                ask()
        assert digests(newer) == before

    def test_a_file_that_is_no_database_is_named(self, home):
        home.mkdir()
        (home / "lab.sqlite").write_text("a poem, " * 1000)
        with pytest.raises(StoreError, match="lab.sqlite is not a database: move it away") as caught:
            store.jobs()
        assert "\n" not in str(caught.value)
        assert (home / "lab.sqlite").read_text() == "a poem, " * 1000

    def test_a_database_of_another_program_is_not_taken_over(self, home):
        home.mkdir()
        with sqlite3.connect(home / "lab.sqlite") as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        connection.close()
        with pytest.raises(StoreError, match="a database of another program .tables recipes.: set RESNET_LAB_DB"):
            store.jobs()

    @pytest.mark.parametrize(
        ("url", "line"),
        [
            ("mysql://ann:secret@db/lab", "names a mysql database: write sqlite:////path/to/lab.sqlite or postgresql"),
            ("postgresql+psycopg2://ann:secret@db/lab", "names a postgresql.psycopg2 database: write sqlite:"),
            ("postgresql://ann:secret@db", "names no database of the server db: write sqlite:"),
            ("lab.sqlite", "is not a database URL: write sqlite:"),
            ("sqlite://", "names no file, and runs are shared by processes: write sqlite:"),
        ],
    )
    def test_another_database_is_refused(self, monkeypatch, url, line):
        monkeypatch.setenv("RESNET_LAB_DB", url)
        with pytest.raises(StoreError, match=line) as caught:
            store.jobs()
        assert "secret" not in str(caught.value)

    def test_the_url_chooses_the_file(self, monkeypatch, tmp_path, home):
        monkeypatch.setenv("RESNET_LAB_DB", f"sqlite:///{tmp_path}/elsewhere.sqlite")
        add("r-aaaaaa")
        assert (tmp_path / "elsewhere.sqlite").exists()
        assert not (home / "lab.sqlite").exists()
        monkeypatch.delenv("RESNET_LAB_DB")
        assert store.jobs() == []

    def test_a_removed_database_is_made_anew(self, home):
        add("r-aaaaaa")
        for path in home.glob("lab.sqlite*"):
            path.unlink()
        assert store.jobs() == []
        add("r-bbbbbb")
        assert ids(store.jobs()) == ["r-bbbbbb"]

    def test_many_processes_open_a_new_home_at_once(self, home):
        openers = [start_python(OPEN) for _ in range(4)]
        assert [opener.stdout.readline() for opener in openers] == ["ready\n"] * 4
        assert [opener.communicate("go\n") for opener in openers] == [("[]\n", "")] * 4


class TestFailures:
    def test_a_full_disk_is_one_line_and_loses_nothing(self, home):
        add("r-aaaaaa")
        writes.write_rows("r-aaaaaa", [epoch(1)], [])
        # A limit on the size of files fails a write just as a full disk does.
        code = (
            "import resource\n"
            "from tests.test_runs_database import StoreError, epoch, store, writes\n"
            "store.jobs()\n"
            "resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
            "try:\n"
            "    writes.write_rows('r-aaaaaa', [epoch(n) for n in range(2, 400)], [])\n"
            "except StoreError as error:\n"
            "    print(error)\n"
        )
        out, err = start_python(code).communicate()
        assert err == ""
        assert out.count("\n") == 1
        assert "cannot be" in out
        assert store.job("r-aaaaaa").epochs == (epoch(1),)
        writes.write_rows("r-aaaaaa", [epoch(2)], [])
        assert len(store.job("r-aaaaaa").epochs) == 2

    def test_a_home_that_cannot_be_written_is_one_line(self, monkeypatch):
        monkeypatch.setenv("RESNET_LAB_HOME", "/proc/lab")
        with pytest.raises(
            LabError, match="the lab's folder /proc/lab cannot be written .*: set RESNET_LAB_HOME"
        ) as caught:
            store.jobs()
        assert "\n" not in str(caught.value)

    def test_a_database_that_another_program_holds_is_one_line(self, home, monkeypatch):
        add("r-aaaaaa")
        monkeypatch.setattr("resnet_core.runs.sqlite.WRITE_SECONDS", 0.2)
        other = sqlite3.connect(home / "lab.sqlite", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        try:
            assert ids(store.jobs()) == ["r-aaaaaa"], "readers do not wait for a writer"
            with pytest.raises(StoreError, match="is locked by another program: close what else has it open"):
                add("r-bbbbbb")
        finally:
            other.close()
        add("r-bbbbbb")

    def test_a_database_held_so_that_nobody_can_read_is_one_line_until_it_is_free(self, home):
        add("r-aaaaaa")
        code = (
            "import sqlite3, sys\n"
            "other = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
            "other.execute('PRAGMA locking_mode = EXCLUSIVE')\n"
            "other.execute('BEGIN EXCLUSIVE')\n"
            "print('holds', flush=True)\n"
            "sys.stdin.readline()"
        )
        database.close()  # it could not be held while this process has it open
        holder = start_python(code, str(home / "lab.sqlite"))
        assert holder.stdout.readline() == "holds\n"
        for ask in (store.jobs, lambda: add("r-bbbbbb")):
            with pytest.raises(StoreError, match="lab.sqlite is locked by another program: close what else") as caught:
                ask()
            assert "\n" not in str(caught.value)
        assert holder.communicate("go\n") == ("", "")
        assert ids(store.jobs()) == ["r-aaaaaa"]
        add("r-bbbbbb")


class TestServer:
    """What is different where the database is on a PostgreSQL server."""

    def test_a_server_that_stops_is_one_line_until_it_is_back(self, postgresql):
        add("r-aaaaaa")
        url = f"postgresql://lab@127.0.0.1:{postgresql.port}/lab"
        postgresql.stop()
        for ask in (store.jobs, store.jobs, lambda: add("r-bbbbbb")):
            with pytest.raises(StoreError, match=f"the database of runs {url}.* cannot be reached: start") as caught:
                ask()
            assert "\n" not in str(caught.value) and str(caught.value).endswith("failed: Connection refused)")
            assert PASSWORD not in str(caught.value)
        postgresql.start()
        assert ids(store.jobs()) == ["r-aaaaaa"], "the first question is answered, connections of before are replaced"
        add("r-bbbbbb")

    def test_a_server_that_stops_in_the_midst_of_a_write_keeps_nothing_of_it(self, postgresql):
        add("r-aaaaaa")
        with pytest.raises(StoreError, match="the database of runs .*: "), database.writing() as connection:
            connection.execute(insert(schema.steps), {"job": "r-aaaaaa", **plain(step(1))})
            postgresql.stop()
            connection.execute(insert(schema.steps), {"job": "r-aaaaaa", **plain(step(2))})
        postgresql.start()
        assert store.steps(["r-aaaaaa"]).items == ()

    @pytest.mark.parametrize(
        ("change", "line"),
        [
            ((f":{PASSWORD}@", ":wrong@"), "cannot be reached: .*password authentication failed"),
            (("/lab", "/nosuch"), 'cannot be reached: .*database "nosuch.*" does not exist'),
            (("127.0.0.1", "127.0.0.1:1,127.0.0.1"), "RESNET_LAB_DB is not a database URL"),
        ],
    )
    def test_a_wrong_address_is_one_line_without_the_password(self, postgresql, monkeypatch, change, line):
        monkeypatch.setenv("RESNET_LAB_DB", change[1].join(os.environ["RESNET_LAB_DB"].rsplit(change[0], 1)))
        with pytest.raises(StoreError, match=line) as caught:
            store.jobs()
        assert "\n" not in str(caught.value)
        assert PASSWORD not in str(caught.value) and "wrong" not in str(caught.value)

    @pytest.mark.parametrize("spelling", ["postgres", "postgresql"])
    def test_other_spellings_of_its_address_are_understood(self, postgresql, monkeypatch, spelling):
        add("r-aaaaaa")
        monkeypatch.setenv("RESNET_LAB_DB", os.environ["RESNET_LAB_DB"].replace("postgresql+psycopg", spelling))
        assert ids(store.jobs()) == ["r-aaaaaa"]

    def test_a_lock_that_another_program_holds_is_one_line(self, postgresql, monkeypatch):
        add("r-aaaaaa")
        monkeypatch.setattr("resnet_core.runs.postgresql.LOCK_SECONDS", 0.2)
        database.close()  # connections from here on wait less
        with closing(psycopg.connect(os.environ["RESNET_LAB_DB"].replace("+psycopg", ""))) as other:
            other.execute("LOCK TABLE jobs IN EXCLUSIVE MODE")
            assert ids(store.jobs()) == ["r-aaaaaa"], "readers do not wait for a writer"
            with pytest.raises(StoreError, match="is locked by another program: end what else writes to it"):
                add("r-bbbbbb")
        add("r-bbbbbb")

    def test_a_database_of_a_newer_version_is_left_untouched(self, postgresql):
        add("r-aaaaaa")
        name = database_of(os.environ["RESNET_LAB_DB"])
        postgresql.execute("UPDATE alembic_version SET version_num = '0099'", name)
        before = contents(postgresql, name)
        database.close()
        for ask in (store.jobs, lambda: add("r-bbbbbb")):
            with pytest.raises(
                HomeError, match=r"comes from a newer ResNet Lab .schema 99, this one reads \d+.: update"
            ):
                ask()
        assert contents(postgresql, name) == before

    def test_a_database_of_another_program_is_not_taken_over(self, postgresql):
        name = database_of(os.environ["RESNET_LAB_DB"])
        postgresql.execute("CREATE TABLE recipes (name TEXT)", name)
        with pytest.raises(StoreError, match="a database of another program .tables recipes.: set RESNET_LAB_DB"):
            store.jobs()
        assert [table for table, _ in contents(postgresql, name)] == ["recipes"]

    def test_a_database_that_was_emptied_is_filled_anew(self, postgresql):
        add("r-aaaaaa")
        postgresql.execute(
            "DROP TABLE jobs, epochs, steps, lab, alembic_version", database_of(os.environ["RESNET_LAB_DB"])
        )
        with pytest.raises(StoreError, match="failed: .*does not exist"):
            store.jobs()
        assert store.jobs() == []
        add("r-bbbbbb")

    def test_many_processes_open_a_new_database_at_once(self, postgresql):
        openers = [start_python(OPEN) for _ in range(4)]
        assert [opener.stdout.readline() for opener in openers] == ["ready\n"] * 4
        assert [opener.communicate("go\n") for opener in openers] == [("[]\n", "")] * 4

    def test_a_driver_that_is_not_installed_is_named(self, postgresql):
        code = (
            "import sys\n"
            "sys.modules['psycopg'] = None\n"
            "from resnet_core.cli import main\n"
            "sys.exit(main(['jobs', 'list']))"
        )
        out, err = start_python(code).communicate()
        assert (out, err.count("\n")) == ("", 1)
        assert "driver is not installed: pip install -r requirements-cluster.txt" in err


def digests(folder: Path) -> dict[str, str]:
    """Return all files of a folder, by name, with what tells each content from another."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def database_of(url: str) -> str:
    return url.rpartition("/")[2]


def contents(server: PostgresqlServer, name: str) -> list[tuple[str, list]]:
    """Return all tables of a database with their rows."""
    tables = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1", name)
    return [(table, server.execute(f"SELECT * FROM {table}", name)) for (table,) in tables]
