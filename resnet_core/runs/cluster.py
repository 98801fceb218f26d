"""Whether jobs are trained by a Ray cluster, and by which; without Ray's own code, which takes seconds to import."""

import os
import socket
from contextlib import closing
from importlib.util import find_spec

from resnet_core.errors import RunError, one_line
from resnet_core.runs import place

VARIABLE = "RESNET_LAB_RAY"
ANSWER_SECONDS = 5.0


def address() -> str:
    """Return the address of the cluster that trains, as `10.0.0.1:6379`; empty where this computer does."""
    return os.environ.get(VARIABLE, "").strip()


def wanted() -> bool:
    """Say whether jobs are to run on a cluster.

    Raises:
        RunError: they are, and Ray is not installed, or the database is not one that all machines reach.
        StoreError: RESNET_LAB_DB is wrong.
    """
    if not address():
        return False
    if find_spec("ray") is None:
        raise RunError(f"{VARIABLE} is set, and Ray is missing: pip install -r requirements-cluster.txt")
    if place.database_place().file is not None:
        raise RunError(
            f"{VARIABLE} is set, and machines of a cluster share no SQLite file: set {place.VARIABLE} to a PostgreSQL "
            "database, as postgresql+psycopg://user:password@host/database"
        )
    return True


def must_answer() -> None:
    """See that someone listens at the cluster's address: Ray itself would ask for minutes.

    Raises:
        RunError: nobody does.
    """
    host, _, port = address().rpartition(":")
    if not port.isdigit():
        # `auto`, or a name that Ray knows.
        return
    try:
        with closing(socket.create_connection((host, int(port)), timeout=ANSWER_SECONDS)):
            pass
    except OSError as error:
        raise unreachable(error) from error


def unreachable(error: Exception) -> RunError:
    """Return the error for a cluster that does not answer."""
    return RunError(
        f"the Ray cluster {address()} does not answer ({one_line(error)}), and jobs wait: "
        f"start it with `ray start --head --port=6379`, or correct {VARIABLE}"
    )
