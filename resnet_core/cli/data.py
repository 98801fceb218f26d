"""`data list|check`."""

from typing import Annotated

import typer

from resnet_core.cli.arguments import JsonOption
from resnet_core.cli.output import print_json, print_table

FORMS = (
    ("shapes", "ten shapes drawn here, at any size: needs no files and no network"),
    ("cifar10", "CIFAR-10, downloaded once by Keras"),
    ("folder:PATH", "a folder of images per class, in train/ and test/ or in one place that is split"),
    ("parquet:PATH", "parquet files with the columns img (or image) and label"),
)


def register(app: typer.Typer) -> None:
    """Add these commands."""
    group = typer.Typer(help="List kinds of data sets, and check one.", rich_markup_mode=None)
    group.command("list")(list_forms)
    group.command("check")(check)
    app.add_typer(group, name="data")


def list_forms(as_json: JsonOption = False) -> None:
    """List what --data understands."""
    if as_json:
        print_json({"data": [{"name": name, "what": what} for name, what in FORMS]})
    else:
        print_table(("name", "what"), FORMS)


def check(
    name: Annotated[str, typer.Argument(metavar="NAME", help="As --data takes it.")], as_json: JsonOption = False
) -> None:
    """Check that a data set is there, and count its images and classes; nothing is decoded or downloaded."""
    from resnet_core.datasets import check_source, describe

    found = describe(check_source(name))
    if as_json:
        print_json(
            {
                "source": found.source,
                "title": found.title,
                "classes": found.classes,
                "train_images": found.train_images,
                "test_images": found.test_images,
                "class_names": list(found.class_names),
            }
        )
        return
    print(f"{found.source}: {found.title}")
    print(f"{found.train_images:,} training and {found.test_images:,} test images of {found.classes} classes")
    print(f"classes: {', '.join(found.class_names)}")
