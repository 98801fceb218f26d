"""What a look at the files finds: counts, sizes, every color mode, what is turned, animated, transparent or broken."""

import io
from pathlib import Path

import numpy as np
import pyarrow
import pyarrow.parquet
import pytest
from PIL import Image

from resnet_core.datasets import inspect, load_data

RED, BLUE = (255, 0, 0), (0, 0, 255)


def flat(size=(20, 30), color=RED) -> Image.Image:
    return Image.new("RGB", size, color)


@pytest.fixture
def mixed(tmp_path, fresh_home) -> Path:
    """Return class folders with an image of every mode, and three that cannot be used."""
    cats, dogs = tmp_path / "mixed" / "cats", tmp_path / "mixed" / "dogs"
    for folder in (cats, dogs):
        folder.mkdir(parents=True)
        for number in range(4):
            flat((10 + number, 40)).save(folder / f"{number}.jpg")
    flat().convert("L").save(cats / "gray.jpg")
    flat().convert("CMYK").save(cats / "cmyk.jpg")
    flat().quantize(4).save(cats / "palette.png")
    flat().convert("RGBA").save(cats / "alpha.png")
    turned = Image.Exif()
    turned[0x0112] = 6
    flat((100, 50)).save(cats / "turned.jpg", exif=turned)
    frames = [flat(color=RED), flat(color=BLUE)]
    for ending in ("gif", "webp"):
        options = {"lossless": True} if ending == "webp" else {}
        frames[0].save(dogs / f"moving.{ending}", save_all=True, append_images=frames[1:], duration=50, **options)
    (dogs / "text.jpg").write_text("no image")
    stream = io.BytesIO()
    pixels = np.random.default_rng(0).integers(0, 256, (90, 90, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(stream, "JPEG")
    (dogs / "cut.jpg").write_bytes(stream.getvalue()[:1200])
    (dogs / "empty.png").write_bytes(b"")
    return tmp_path / "mixed"


def test_every_kind_is_counted_and_broken_files_are_named(mixed):
    heard = []
    report = inspect(f"folder:{mixed}", tell=lambda *counts: heard.append(counts))
    assert (report.train, report.test) == ((7, 8), (2, 1))
    assert report.looked_at == report.total == 18 and heard[-1] == (18, 18)
    assert report.modes == {"RGB": 10, "P": 2, "L": 1, "CMYK": 1, "RGBA": 1}
    assert (report.turned, report.animated, report.transparent) == (1, 2, 1)
    assert sum(report.formats.values()) == 15 and report.formats["GIF"] == report.formats["WEBP"] == 1
    assert [(item.name, item.class_name) for item in report.broken] == [
        ("dogs/cut.jpg", "dogs"),
        ("dogs/empty.png", "dogs"),
        ("dogs/text.jpg", "dogs"),
    ]
    assert all(item.reason for item in report.broken)


def test_sizes_are_those_that_are_seen(mixed):
    report = inspect(f"folder:{mixed}")
    assert report.spread() == {"width": (10, 13, 50), "height": (30, 40, 100)}
    assert report.sizes.max(axis=0).tolist() == [50, 100]  # 100 x 50 as stored, turned by its camera
    assert len(report.sizes) == 15


def test_what_is_found_broken_is_what_a_run_skips(mixed):
    note = load_data(f"folder:{mixed}", size=16).notes[0]
    assert note.startswith("3 of 18 images could not be read and were skipped")
    for item in inspect(f"folder:{mixed}").broken:
        assert item.name in note


def test_the_first_frame_of_an_animation_is_used(mixed):
    data = load_data(f"folder:{mixed}", size=8)
    images = np.concatenate([data.x_train, data.x_test]).astype(int)
    # All images but the gray one are red; no second frame, which is blue, is among them.
    assert (np.abs(images - RED).max(axis=(1, 2, 3)) < 40).sum() == 14
    assert not (images[..., 2] > 200).any()


def test_a_quick_look_opens_some_evenly_spread_files_and_decodes_none(mixed):
    report = inspect(f"folder:{mixed}", most=5, decoding=False)
    assert (report.looked_at, report.total, report.decoded) == (5, 18, False)
    whole = inspect(f"folder:{mixed}", decoding=False)
    # The one that is cut short has a good header.
    assert [item.name for item in whole.broken] == ["dogs/empty.png", "dogs/text.jpg"]


def test_rows_of_a_parquet_file_are_looked_at_as_files_are(tmp_path, fresh_home):
    stream = io.BytesIO()
    flat((12, 9)).save(stream, "PNG")
    images = [stream.getvalue()] * 9 + [b"no image", None]
    labels = [0, 1, 0, 1, 0, 1, 0, 1, None, 0, 1]
    for half in ("train", "test"):
        pyarrow.parquet.write_table(pyarrow.table({"img": images, "label": labels}), tmp_path / f"{half}.parquet")
    report = inspect(f"parquet:{tmp_path}")
    assert (report.train, report.test) == ((5, 5), (5, 5))
    assert report.looked_at == 22 and report.spread() == {"width": (12, 12, 12), "height": (9, 9, 9)}
    named = [(item.name, item.reason) for item in report.broken if item.name.startswith("train")]
    assert named == [
        ("train.parquet row 8", "no label"),
        ("train.parquet row 9", "damaged, or no image"),
        ("train.parquet row 10", "damaged, or no image"),
    ]
    assert inspect(f"parquet:{tmp_path}", most=6).looked_at == 6


def test_data_without_files_have_counts_alone():
    report = inspect("shapes")
    assert (report.train, report.test) == ((1_000,) * 10, (200,) * 10)
    assert (report.looked_at, report.spread(), report.modes, report.broken) == (0, {}, {}, ())
