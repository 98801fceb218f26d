"""Class folders of photographs: every kind of file, damaged ones among them, and folders that cannot be used."""

import io
import os
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from resnet_core.datasets import check_source, describe, load_data, samples
from resnet_core.errors import DataError

RED, GREEN, BLUE, WHITE = (255, 0, 0), (0, 128, 0), (0, 0, 255), (255, 255, 255)


def save(path: Path, color=RED, size=(12, 12), **options) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, color).save(path, **options)
    return path


def two_classes(root: Path, per_class: int = 10) -> Path:
    for number in range(per_class):
        save(root / "cats" / f"{number:02}.png", (number, 0, 0))
        save(root / "dogs" / f"{number:02}.png", (number, 0, 255))
    return root


def load(root: Path, size: int = 8, channels: int = 3):
    return load_data(f"folder:{root}", size=size, channels=channels)


@pytest.fixture
def photos(tmp_path, fresh_home) -> Path:
    """Return a folder for the images of one test, whose decoded arrays are kept nowhere else."""
    return tmp_path / "photos"


class TestLayouts:
    def test_train_and_test_folders_are_kept_apart(self, photos):
        two_classes(photos / "train", 4)
        save(photos / "test" / "dogs" / "a.png", GREEN)
        data = load(photos)
        assert data.class_names == ("cats", "dogs")
        assert np.bincount(data.y_train).tolist() == [4, 4]
        assert data.y_test.tolist() == [1]
        assert (data.x_test[0] == GREEN).all()
        assert data.notes == ()

    @pytest.mark.parametrize("name", ["val", "validation", "Test"])
    def test_a_validation_folder_serves_as_the_test_images(self, photos, name):
        two_classes(photos / "train", 2)
        two_classes(photos / name, 3)
        assert len(load(photos).x_test) == 6

    def test_without_test_images_a_fifth_of_each_class_is_set_aside_and_said(self, photos):
        two_classes(photos, 10)
        data = load(photos)
        assert np.bincount(data.y_train).tolist() == [8, 8]
        assert np.bincount(data.y_test).tolist() == [2, 2]
        (note,) = data.notes
        assert "a fifth was set aside for testing, 4 of 20" in note
        shades = [set(map(tuple, half[:, 0, 0])) for half in (data.x_train, data.x_test)]
        assert len(shades[0] | shades[1]) == 20
        assert not shades[0] & shades[1]
        again = load_data(f"folder:{photos}", size=8, seed=7)
        assert (again.x_test == data.x_test).all()

    def test_the_summary_counts_what_is_loaded(self, photos):
        two_classes(photos, 11)
        data, summary = load(photos), describe(f"folder:{photos}")
        assert (summary.train_images, summary.test_images) == (len(data.x_train), len(data.x_test)) == (18, 4)
        assert summary.class_names == data.class_names
        assert summary.classes == 2

    def test_hidden_and_other_files_are_left_out(self, photos):
        two_classes(photos, 5)
        save(photos / "cats" / "._00.png")
        save(photos / ".thumbnails" / "a.png")
        save(photos / "dogs" / ".cache" / "a.png")
        (photos / "cats" / "notes.txt").write_text("not an image")
        (photos / "README.md").write_text("not a class")
        data = load(photos)
        assert len(data.x_train) + len(data.x_test) == 10
        assert data.class_names == ("cats", "dogs")
        assert "skipped" not in " ".join(data.notes)

    def test_images_may_lie_deeper_and_end_in_capitals(self, photos):
        two_classes(photos, 5)
        save(photos / "cats" / "2024" / "may" / "A.JPG")
        assert describe(f"folder:{photos}").train_images == 9


def encode(mode: str) -> Image.Image:
    """Return an image of 24x16 pixels whose left part, as it is meant to be seen, is red or its nearest."""
    width, height = 24, 16
    rgb = Image.new("RGB", (width, height), BLUE)
    rgb.paste(RED, (0, 0, width // 2, height))
    match mode:
        case "P":
            return rgb.quantize(4)
        case "RGBA":
            return rgb.convert("RGBA")
        case "CMYK":
            return rgb.convert("CMYK")
        case "L" | "LA":
            gray = Image.new("L", (width, height), 40)
            gray.paste(200, (0, 0, width // 2, height))
            return gray.convert(mode)
        case "1":
            return Image.fromarray(np.arange(width)[None].repeat(height, 0) < width // 2)
        case "I;16":
            pixels = np.full((height, width), 40 * 256, dtype=np.uint16)
            pixels[:, : width // 2] = 200 * 256 + 17
            return Image.fromarray(pixels)
    return rgb


class TestKindsOfImages:
    @pytest.mark.parametrize(
        ("mode", "ending", "left", "right"),
        [
            ("RGB", "png", RED, BLUE),
            ("RGB", "bmp", RED, BLUE),
            ("RGB", "webp", RED, BLUE),
            ("RGB", "jpg", RED, BLUE),
            ("RGB", "ppm", RED, BLUE),
            ("P", "png", RED, BLUE),
            ("P", "gif", RED, BLUE),
            ("RGBA", "png", RED, BLUE),
            ("CMYK", "jpg", RED, BLUE),
            ("CMYK", "tif", RED, BLUE),
            ("L", "png", (200,) * 3, (40,) * 3),
            ("L", "jpg", (200,) * 3, (40,) * 3),
            ("LA", "png", (200,) * 3, (40,) * 3),
            ("1", "png", WHITE, (0, 0, 0)),
            ("I;16", "png", (200,) * 3, (40,) * 3),
            ("I;16", "tif", (200,) * 3, (40,) * 3),
        ],
    )
    def test_colors_come_out_as_they_are_seen(self, photos, mode, ending, left, right):
        two_classes(photos / "train", 1)
        two_classes(photos / "test", 1)
        target = photos / "test" / "cats" / f"z.{ending}"
        encode(mode).save(target, **({"quality": 95, "subsampling": 0} if ending == "jpg" else {}))
        data = load(photos)
        image = data.x_test[data.y_test == 0][1].astype(int)
        # The central square of 24x16 is its middle 16 columns, of which the outer ones are far from the edge.
        assert np.abs(image[:, 0] - left).max() <= 12
        assert np.abs(image[:, -1] - right).max() <= 12
        gray = load(photos, channels=1)
        luma = np.dot(left, [0.299, 0.587, 0.114])
        assert np.abs(gray.x_test[gray.y_test == 0][1][:, 0].astype(int) - luma).max() <= 8

    def test_transparent_parts_become_white(self, photos):
        two_classes(photos, 5)
        for color, name in (((0, 0, 0, 0), "clear"), ((255, 0, 0, 128), "half")):
            Image.new("RGBA", (8, 8), color).save(photos / "cats" / f"{name}.png")
        data = load(photos)
        images = np.concatenate([data.x_train, data.x_test])
        assert sum((image == WHITE).all() for image in images) == 1
        assert sum((np.abs(image.astype(int) - (255, 127, 127)) <= 1).all() for image in images) == 1

    @pytest.mark.parametrize(
        ("orientation", "corner_of_red"),
        [
            (1, (0, 0)),
            (2, (0, -1)),
            (3, (-1, -1)),
            (4, (-1, 0)),
            (5, (0, 0)),
            (6, (0, -1)),
            (7, (-1, -1)),
            (8, (-1, 0)),
        ],
    )
    def test_photographs_are_turned_upright(self, photos, orientation, corner_of_red):
        two_classes(photos / "train", 1)
        two_classes(photos / "test", 1)
        stored = Image.new("RGB", (32, 32), BLUE)
        stored.paste(RED, (0, 0, 16, 16))  # the corner at the stored file's first row and first column
        exif = Image.Exif()
        exif[0x0112] = orientation
        stored.save(photos / "test" / "cats" / "z.jpg", exif=exif, quality=95, subsampling=0)
        data = load(photos)
        image = data.x_test[data.y_test == 0][1].astype(int)
        reddest = image[..., 0] - image[..., 2]
        corners = {corner: reddest[corner] for corner in ((0, 0), (0, -1), (-1, 0), (-1, -1))}
        assert max(corners, key=corners.get) == corner_of_red

    def test_a_large_image_is_averaged_over_whole_blocks_of_its_central_square(self, photos):
        two_classes(photos / "train", 1)
        two_classes(photos / "test", 1)
        pixels = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(photos / "test" / "cats" / "z.png")
        data = load(photos)
        expected = pixels[:, 10:50].reshape(8, 5, 8, 5, 3).mean(axis=(1, 3))
        assert np.abs(data.x_test[data.y_test == 0][1] - expected).max() <= 0.6

    def test_a_small_image_is_enlarged_without_new_colors(self, photos):
        two_classes(photos, 5)
        data = load(photos, size=50)
        assert set(np.unique(data.x_train)) <= {0, 1, 2, 3, 4, 255}


def huge_png(side: int = 9_000) -> bytes:
    """Return a few bytes that claim to be an image of many megapixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


class TestDamagedFiles:
    def test_they_are_skipped_counted_and_named(self, photos):
        two_classes(photos, 20)
        good = io.BytesIO()
        Image.fromarray(np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)).save(good, "JPEG")
        (photos / "cats" / "cut.jpg").write_bytes(good.getvalue()[:700])
        (photos / "cats" / "text.jpg").write_text("this is no image")
        (photos / "dogs" / "empty.png").write_bytes(b"")
        (photos / "dogs" / "good.jpg").write_bytes(good.getvalue())
        data = load(photos)
        assert data.notes[0] == (
            "3 of 44 images could not be read and were skipped: cats/cut.jpg, cats/text.jpg, dogs/empty.png"
        )
        assert np.bincount(np.concatenate([data.y_train, data.y_test])).tolist() == [20, 21]
        assert load(photos).notes == data.notes  # also when they come from the cache

    def test_one_alone_is_named_in_the_singular_and_many_are_cut_short(self, photos):
        two_classes(photos, 10)
        (photos / "cats" / "a.jpg").write_text("no image")
        assert load(photos).notes[0].startswith("1 of 21 images could not be read and was skipped: cats/a.jpg")
        for number in range(8):
            (photos / "dogs" / f"bad{number}.jpg").write_text("no image")
        assert load(photos).notes[0].endswith("dogs/bad3.jpg and 4 more")

    @pytest.mark.parametrize("side", [9_000, 12_000, 50_000])
    def test_a_file_that_claims_many_megapixels_is_not_decoded(self, photos, side):
        two_classes(photos, 5)
        (photos / "cats" / "bomb.png").write_bytes(huge_png(side))
        note = load(photos).notes[0]
        assert note.startswith("1 of 11 images could not be read and was skipped: cats/bomb.png")
        assert "over 64 megapixels" in note

    def test_a_class_with_nothing_readable_is_an_error(self, photos):
        two_classes(photos, 5)
        for file in (photos / "cats").iterdir():
            file.write_text("no image")
        with pytest.raises(DataError, match=r"none of the 5 images of class 'cats' .* replace them, or remove"):
            load(photos)

    def test_samples_pass_over_them(self, photos):
        two_classes(photos, 3)
        for number in range(3):
            (photos / "cats" / f"bad{number}.jpg").write_text("no image")
        images, labels = samples(f"folder:{photos}", count=6, size=16)
        assert labels.tolist() == [0, 0, 0, 1, 1, 1]
        assert (images[3:, :, :, 2] == 255).all()


class TestFoldersThatCannotBeUsed:
    def refused(self, root: Path) -> str:
        lines = set()
        for ask in (check_source, describe, samples, lambda source: load_data(source, size=8)):
            with pytest.raises(DataError) as caught:
                ask(f"folder:{root}")
            lines.add(str(caught.value))
        (line,) = lines
        return line

    def test_an_empty_class(self, tmp_path):
        two_classes(tmp_path)
        (tmp_path / "birds").mkdir()
        line = self.refused(tmp_path)
        assert str(tmp_path / "birds") in line
        assert "add images to it, or remove it" in line

    def test_one_class_only(self, tmp_path):
        save(tmp_path / "cats" / "a.png")
        assert "only one class, 'cats': add a folder" in self.refused(tmp_path)

    def test_images_without_class_folders(self, tmp_path):
        save(tmp_path / "a.png")
        assert "has no class folders: make one folder of images for each class" in self.refused(tmp_path)

    def test_no_images_at_all(self, tmp_path):
        (tmp_path / "cats").mkdir()
        (tmp_path / "cats" / "list.txt").write_text("a, b, c")
        assert "holds no images" in self.refused(tmp_path)

    def test_test_images_without_training_images(self, tmp_path):
        two_classes(tmp_path / "test")
        assert "has test/ but no train/" in self.refused(tmp_path)

    def test_a_class_that_is_only_in_the_test_images(self, tmp_path):
        two_classes(tmp_path / "train")
        two_classes(tmp_path / "test")
        save(tmp_path / "test" / "birds" / "a.png")
        assert "'birds'" in self.refused(tmp_path)

    def test_too_few_images_to_set_any_aside(self, tmp_path):
        two_classes(tmp_path, 2)
        with pytest.raises(DataError, match="4 images are too few to set a fifth aside"):
            load(tmp_path)


def test_a_changed_file_is_noticed(photos):
    two_classes(photos / "train", 5)
    two_classes(photos / "test", 1)
    before = load(photos)
    save(photos / "test" / "cats" / "00.png", GREEN)
    after = load(photos)
    assert (after.x_test[0] == GREEN).all()
    assert before.fingerprint != after.fingerprint
    assert load(photos).fingerprint == after.fingerprint


def test_two_folders_with_equal_names_sizes_and_times_are_not_taken_for_each_other(photos):
    for place, color in (("one", RED), ("two", BLUE)):
        for file in ("cats/a.bmp", "dogs/a.bmp", "dogs/b.bmp", "cats/b.bmp", "cats/c.bmp"):
            os.utime(save(photos / place / file, color), (1_700_000_000, 1_700_000_000))
    assert (load(photos / "one").x_train == RED).all()
    assert (load(photos / "two").x_train == BLUE).all()
