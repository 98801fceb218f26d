"""A run's epochs and steps as CSV and parquet, with every digit they were measured with."""

import csv
import io
import json
import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

from resnet_core.results import Epoch, Step
from resnet_core.runs.records import Job, plain

Values = dict[str, list[int | float | None]]


def as_csv(kind: type[Epoch] | type[Step], rows: Sequence[Epoch | Step]) -> bytes:
    """Write rows with a line of heads; what is no finite number becomes an empty cell."""
    columns = _columns(kind, rows)
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return stream.getvalue().encode()


def as_parquet(kind: type[Epoch] | type[Step], rows: Sequence[Epoch | Step], job: Job) -> bytes:
    """Write rows as a table that knows its run: spec, recipe, data, seed and versions are JSON in its metadata."""
    import pyarrow
    import pyarrow.parquet

    types = {int: pyarrow.int64(), float: pyarrow.float64()}
    known = {"id": job.id, "name": job.name, "spec": job.spec, "recipe": job.recipe, "data": job.data}
    known |= {"seed": job.seed, "device": job.device, "versions": job.versions}
    schema = pyarrow.schema(
        [(field.name, types[field.type]) for field in fields(kind)], metadata={"resnet_lab": json.dumps(known)}
    )
    stream = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(_columns(kind, rows), schema=schema), stream)
    return stream.getvalue()


def _columns(kind: type[Epoch] | type[Step], rows: Sequence[Epoch | Step]) -> Values:
    values = [plain(row) for row in rows]
    return {field.name: [_finite(row[field.name]) for row in values] for field in fields(kind)}


def _finite(value: int | float) -> Any:
    return value if math.isfinite(value) else None
