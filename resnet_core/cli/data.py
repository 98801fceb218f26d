"""`data list|fetch|check`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from resnet_core.cli.arguments import JsonOption
from resnet_core.cli.output import print_json, print_table, say
from resnet_core.cli.progress import tell_of_images
from resnet_core.errors import InputError

if TYPE_CHECKING:
    from resnet_core.datasets import Report

FORMS = (
    ("shapes", "ten shapes drawn here, at any size: needs no files and no network"),
    ("cifar10", "CIFAR-10, downloaded once by Keras (170 MB)"),
    ("cats_vs_dogs", "25,000 photographs of cats and dogs, downloaded once (825 MB), or brought as a zip"),
    ("folder:PATH", "a folder of images per class, in train/ and test/ or in one place that is split"),
    ("parquet:PATH", "parquet files with the columns img (or image) and label"),
)
MOST_NAMED = 20
MODES = {
    "RGB": "RGB",
    "L": "gray",
    "LA": "gray with transparency",
    "RGBA": "RGB with transparency",
    "P": "palette",
    "PA": "palette with transparency",
    "CMYK": "CMYK",
    "1": "black and white",
    "I;16": "gray of 16 bits",
    "YCbCr": "YCbCr",
}


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="List kinds of data sets, fetch one, check one.", rich_markup_mode=None)
    group.command("list")(list_forms)
    group.command("fetch")(fetch)
    group.command("check")(check)
    app.add_typer(group, name="data")


def list_forms(as_json: JsonOption = False) -> None:
    """List what --data understands."""
    if as_json:
        print_json({"data": [{"name": name, "what": what} for name, what in FORMS]})
    else:
        print_table(("name", "what"), FORMS)


def fetch(
    name: Annotated[str, typer.Argument(metavar="NAME", help="cifar10 or cats_vs_dogs.")],
    archive: Annotated[
        Path | None,
        typer.Option("--from", metavar="ZIP", help="The zip of cats_vs_dogs, where it is on this computer already."),
    ] = None,
) -> None:
    """Bring a data set to this computer before it is needed."""
    from resnet_core.datasets import cats_vs_dogs, cifar10

    match name.strip().lower():
        case "cats_vs_dogs" if archive is not None:
            cats_vs_dogs.bring(archive.expanduser(), tell_of_images)
        case "cats_vs_dogs":
            say("looking for the images, else downloading 825 MB")
            cats_vs_dogs.fetch(tell_of_images)
        case _ if archive is not None:
            raise InputError(f"--from goes with cats_vs_dogs alone, received {name!r}: use folder:PATH or parquet:PATH")
        case "cifar10":
            say("looking for the images, else downloading 170 MB")
            cifar10.fetch(tell_of_images)
        case "shapes":
            pass
        case _:
            raise InputError(f"{name!r} cannot be fetched: choose cifar10 or cats_vs_dogs")
    print(f"{name} is on this computer")


def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As --data takes it.")], as_json: JsonOption = False
) -> None:
    """Open and decode every image: counts of classes, sizes, color modes, and files that will be skipped.

    Nothing is downloaded: for a set that is not here yet the published counts are shown.
    """
    from resnet_core.datasets import check_source, inspect

    report = inspect(check_source(name), tell=tell_of_images)
    if as_json:
        print_json(_document(report))
        return
    summary = report.summary
    print(f"{summary.source}: {summary.title}")
    print(f"{sum(report.train):,} training and {sum(report.test):,} test images of {summary.classes} classes")
    print_table(("class", "train", "test"), list(zip(summary.class_names, report.train, report.test, strict=True)))
    for line in _lines(report):
        print(line)


def _lines(report: "Report") -> list[str]:
    if report.missing:
        return [report.missing]
    if not report.looked_at:
        return ["images are not stored one by one here: nothing more to check"]
    lines = []
    spread = report.spread()
    if spread:
        lines.append("pixels   smallest  median  largest")
        lines += [f"{name:7}  {low:8,}  {middle:6,}  {high:7,}" for name, (low, middle, high) in spread.items()]
    lines.append(f"formats: {_counted(report.formats)}")
    lines.append(f"color modes: {_counted({MODES.get(mode, mode): count for mode, count in report.modes.items()})}")
    if report.turned:
        lines.append(f"turned by their camera: {report.turned:,}, used upright")
    if report.animated:
        lines.append(f"animated: {report.animated:,}, of which the first frame is used")
    if report.transparent:
        lines.append(f"with transparency: {report.transparent:,}, put on white")
    number = len(report.broken)
    lines.append(f"broken: {number:,} of {report.looked_at:,}, which will be skipped" if number else "broken: none")
    lines += [f"  {item.name} ({item.reason})" for item in report.broken[:MOST_NAMED]]
    if number > MOST_NAMED:
        lines.append(f"  and {number - MOST_NAMED:,} more")
    return lines


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none could be read"


def _document(report: "Report") -> dict[str, Any]:
    summary = report.summary
    spread = report.spread()
    return {
        "source": summary.source,
        "title": summary.title,
        "classes": summary.classes,
        "train_images": sum(report.train),
        "test_images": sum(report.test),
        "class_names": list(summary.class_names),
        "counts": [
            {"class": name, "train": train, "test": test}
            for name, train, test in zip(summary.class_names, report.train, report.test, strict=True)
        ],
        "missing": report.missing,
        "looked_at": report.looked_at,
        "pixels": {name: dict(zip(("min", "median", "max"), row, strict=True)) for name, row in spread.items()},
        "formats": report.formats,
        "modes": report.modes,
        "turned": report.turned,
        "animated": report.animated,
        "transparent": report.transparent,
        "broken_count": len(report.broken),
        "broken": [
            {"name": item.name, "class": item.class_name, "reason": item.reason} for item in report.broken[:MOST_NAMED]
        ],
    }
