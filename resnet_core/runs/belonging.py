"""Which home a database of runs belongs to: the one that has the runs' files, and whose supervisor works on them.

A home has an id, in a file of its own; the database keeps it from the home's first write on. A home that is moved takes
its id along. Another one may look at the runs, and not write: its supervisor would take runs whose files it has not.
"""

import os
import socket
import uuid
from pathlib import Path

from sqlalchemy import Connection, select, update

from resnet_core.errors import HomeError
from resnet_core.home import lab_home
from resnet_core.runs import processes
from resnet_core.runs.place import VARIABLE, Place
from resnet_core.runs.schema import lab

FILE = "home.id"


def is_known(connection: Connection) -> bool:
    """Say whether a database tells that it is this home's, and where the home is now."""
    if _works_for_another():
        return True
    home = lab_home()
    return tuple(connection.execute(_OWNER).one()) == (_id(home), _whereabouts(home))


def must_not_be_anothers(connection: Connection, place: Place) -> None:
    """Refuse a database of another home; one that is nobody's yet may become any home's.

    Raises:
        HomeError: it is another's.
    """
    if _works_for_another():
        return
    home = lab_home()
    held, whereabouts = connection.execute(_OWNER).one()
    if held in (None, _id(home)) or _is_inside(place, home):
        return
    raise HomeError(
        f"the database of runs {place} belongs to the lab's folder {whereabouts}, which has its runs' files: "
        f"set RESNET_LAB_HOME to that folder, or {VARIABLE} to another database"
    )


def claim(connection: Connection, place: Place) -> None:
    """Make a database this home's.

    Args:
        connection: holds the write lock, so that one home is first.
        place: of the database.

    Raises:
        HomeError: it is another's.
        OSError: the home's id cannot be written.
    """
    must_not_be_anothers(connection, place)
    home = lab_home()
    connection.execute(update(lab).values(home=_id(home) or _new_id(home), whereabouts=_whereabouts(home)))


_OWNER = select(lab.c.home, lab.c.whereabouts)


def _id(home: Path) -> str | None:
    try:
        return (home / FILE).read_text().strip() or None
    except FileNotFoundError:
        return None


def _new_id(home: Path) -> str:
    part = home / f"{FILE}.part"
    part.write_text(uuid.uuid4().hex + "\n")
    part.replace(home / FILE)
    return (home / FILE).read_text().strip()


def _whereabouts(home: Path) -> str:
    return f"{home} on {socket.gethostname()}"


def _is_inside(place: Place, home: Path) -> bool:
    """Say whether a database is a file in the home itself: a copy of another's, which came without its id."""
    return place.file is not None and place.file.parent.resolve() == home.resolve()


def _works_for_another() -> bool:
    """Say whether this process works on a machine of a cluster: its home is its own, and it writes for the lab's."""
    return bool(os.environ.get(processes.TIED))
