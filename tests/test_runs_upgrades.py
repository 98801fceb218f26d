"""A database of an older version opens with its runs in it."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from sqlalchemy import create_engine, inspect

from resnet_core import get_recipe, get_spec
from resnet_core.runs import store, writes
from resnet_core.runs.schema import VERSION, metadata

# The tables as version 1 made them.
FIRST = """
CREATE TABLE lab (schema_version INTEGER NOT NULL);
CREATE TABLE jobs (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id VARCHAR NOT NULL, kind VARCHAR NOT NULL,
    state VARCHAR NOT NULL, name VARCHAR NOT NULL, spec VARCHAR NOT NULL, recipe VARCHAR, data VARCHAR,
    seed INTEGER NOT NULL, study VARCHAR, params INTEGER, macs INTEGER, device VARCHAR, train_images INTEGER,
    val_images INTEGER, steps_per_epoch INTEGER, total_steps INTEGER, total_epochs INTEGER, created FLOAT NOT NULL,
    started FLOAT, running_since FLOAT, finished FLOAT, heartbeat FLOAT, all_devices BOOLEAN NOT NULL, slots VARCHAR,
    pid INTEGER, pid_started FLOAT, stop_requested FLOAT, message VARCHAR NOT NULL, notes VARCHAR, result VARCHAR,
    data_fingerprint VARCHAR, versions VARCHAR, UNIQUE (id));
CREATE INDEX jobs_by_study ON jobs (study);
CREATE INDEX jobs_by_state ON jobs (state);
CREATE TABLE epochs (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, job VARCHAR NOT NULL, epoch INTEGER NOT NULL,
    step INTEGER NOT NULL, train_loss FLOAT, train_error FLOAT, val_loss FLOAT, val_error FLOAT, learning_rate FLOAT,
    images_per_second FLOAT, seconds FLOAT, UNIQUE (job, epoch),
    FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE);
CREATE INDEX epochs_by_serial ON epochs (job, serial);
CREATE TABLE steps (
    serial INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, job VARCHAR NOT NULL, step INTEGER NOT NULL,
    epoch INTEGER NOT NULL, loss FLOAT, error FLOAT, learning_rate FLOAT, images_per_second FLOAT, seconds FLOAT,
    UNIQUE (job, step), FOREIGN KEY(job) REFERENCES jobs (id) ON DELETE CASCADE);
CREATE INDEX steps_by_serial ON steps (job, serial);
INSERT INTO lab VALUES (1);
"""


@pytest.fixture
def old(fresh_home):
    """A lab's home as version 1 left it, with one finished run of two epochs."""
    fresh_home.mkdir(parents=True)
    with closing(sqlite3.connect(fresh_home / "lab.sqlite")) as database:
        database.executescript(FIRST)
        database.execute(
            "INSERT INTO jobs (id, kind, state, name, spec, recipe, data, seed, created, all_devices, message) "
            "VALUES ('r-aaaaaa', 'train', 'finished', 'resnet20', ?, ?, 'shapes', 3, 1e9, 0, 'done')",
            (get_spec("resnet20").model_dump_json(), get_recipe("quick").model_dump_json()),
        )
        for number in (1, 2):
            database.execute(
                "INSERT INTO epochs (job, epoch, step, train_loss, train_error, val_loss, val_error, learning_rate, "
                "images_per_second, seconds) VALUES ('r-aaaaaa', ?, ?, 1, 0.5, 1, 0.25, 0.1, 600, 9)",
                (number, 80 * number),
            )
        database.commit()
    return fresh_home


def test_runs_of_an_older_version_are_kept(old):
    (job,) = store.jobs(with_epochs=True)
    assert (job.id, job.seed, job.message, len(job.epochs)) == ("r-aaaaaa", 3, "done", 2)
    assert (job.test_error, job.note, job.tags) == (None, "", ())
    writes.write_columns("r-aaaaaa", note="the one with the bug", test_error=0.26)
    again = store.job("r-aaaaaa")
    assert (again.note, again.test_error, again.last_epoch.val_error) == ("the one with the bug", 0.26, 0.25)


def test_an_upgraded_database_has_the_columns_of_a_new_one(old):
    store.jobs()
    upgraded, new = (inspect(create_engine(f"sqlite:///{path}")) for path in (old / "lab.sqlite", old / "new.sqlite"))
    metadata.create_all(new.engine)
    for table in metadata.tables:
        columns = [
            {column["name"]: (str(column["type"]), column["nullable"]) for column in found.get_columns(table)}
            for found in (upgraded, new)
        ]
        assert columns[0] == columns[1]
    with closing(sqlite3.connect(old / "lab.sqlite")) as database:
        assert database.execute("SELECT schema_version FROM lab").fetchall() == [(VERSION,)]
    upgraded.engine.dispose()
    new.engine.dispose()


def test_several_processes_at_once_upgrade_it_once(old):
    ask = "from resnet_core.runs import store; print([job.id for job in store.jobs()])"
    readers = [subprocess.Popen([sys.executable, "-c", ask], stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [reader.communicate(timeout=60)[0].strip() for reader in readers] == ["['r-aaaaaa']"] * 3
