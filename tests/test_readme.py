"""The README under test: every command stands in it, and what it shows is what happens."""

import re
import subprocess
import sys
from pathlib import Path

from typer.main import get_command

from resnet_core.cli import app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def test_every_command_of_the_command_line_stands_in_it():
    missing = [name for name in get_command(app).commands if f"python -m resnet_core {name}" not in README]
    assert not missing


def test_the_tree_names_every_folder():
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {path.partition("/")[0] for path in listed.splitlines() if "/" in path and not path.startswith(".")}
    assert folders and not [name for name in folders if f"{name}/" not in README.partition("## The tree")[2]]


def test_the_python_example_prints_what_it_says():
    code = re.search(r"```python\n(.*?)```", README, re.DOTALL)[1]
    said = re.search(r"# (.*)", code)[1]
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == said


def test_its_picture_and_its_scripts_exist():
    for path in re.findall(r"\]\((\w[^)]*)\)", README) + re.findall(r"`(scripts/\w+)`", README):
        assert (ROOT / path).exists(), path
