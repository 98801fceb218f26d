"""Parquet files of images: the real CIFAR-10, other columns and labels, damaged rows and files that cannot be used."""

import io
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from PIL import Image

from resnet_core.datasets import check_source, describe, load_data, samples
from resnet_core.errors import DataError

ROOT = Path(__file__).resolve().parents[1]
REAL = "parquet:../shared/data"
CIFAR10_NAMES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]


def png(color, side: int = 8) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (side, side), color).save(stream, "PNG")
    return stream.getvalue()


def write(path: Path, images: list, labels: list, *, column="img", struct=True, names=None, paths=None) -> Path:
    """Write a parquet file; `names` become the class names in its schema, as the `datasets` library writes them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    paths = paths or [None] * len(images)
    rows = [{"bytes": image, "path": name} for image, name in zip(images, paths, strict=True)]
    table = pa.table({column: rows if struct else pa.array(images, pa.binary()), "label": labels})
    if names:
        features = {"label": {"names": names, "_type": "ClassLabel"}}
        table = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    pq.write_table(table, path, row_group_size=4)
    return path


def load(path: Path, size: int = 8):
    return load_data(f"parquet:{path}", size=size)


def colors(data) -> list[tuple]:
    return [tuple(image[0, 0].tolist()) for image in np.concatenate([data.x_train, data.x_test])]


class TestRealImages:
    @pytest.fixture(autouse=True)
    def from_the_checkout(self, monkeypatch):
        monkeypatch.chdir(ROOT)

    def test_all_sixty_thousand_are_the_files_images_reduced_and_load_again_from_disk(self):
        data = load_data(REAL, size=16)
        assert data.source == REAL
        assert data.x_train.shape == (50_000, 16, 16, 3)
        assert data.x_test.shape == (10_000, 16, 16, 3)
        assert np.bincount(data.y_train).tolist() == [5_000] * 10
        assert np.bincount(data.y_test).tolist() == [1_000] * 10
        assert data.notes == ()
        for half, images, labels in (("train", data.x_train, data.y_train), ("test", data.x_test, data.y_test)):
            table = pq.read_table(ROOT.parent / "shared" / "data" / f"cifar10-{half}.parquet")
            assert table["label"].to_pylist() == labels.tolist()
            for row in range(0, len(table), 499):
                image = Image.open(io.BytesIO(table["img"][row]["bytes"].as_py())).convert("RGB")
                means = np.asarray(image).reshape(16, 2, 16, 2, 3).mean(axis=(1, 3))
                assert np.abs(images[row] - means).max() <= 0.5, row
        again = load_data(REAL, size=16)
        assert (again.x_train == data.x_train).all()
        assert (again.y_test == data.y_test).all()
        assert (again.class_names, again.fingerprint) == (data.class_names, data.fingerprint)

    def test_the_summary_tells_counts_and_names_without_decoding(self):
        summary = describe(REAL)
        assert (summary.classes, summary.train_images, summary.test_images) == (10, 50_000, 10_000)
        assert list(summary.class_names) == CIFAR10_NAMES
        assert check_source(REAL) == REAL

    def test_one_file_alone_is_split(self):
        summary = describe("parquet:../shared/data/cifar10-test.parquet")
        assert (summary.train_images, summary.test_images) == (8_000, 2_000)

    def test_samples_come_from_many_classes_and_differ_by_seed(self):
        images, labels = samples(REAL, count=10, size=32)
        assert images.shape == (10, 32, 32, 3)
        assert labels.tolist() == list(range(10))
        others, _ = samples(REAL, count=10, size=32, seed=1)
        assert (images != others).any()
        assert (images == samples(REAL, count=10, size=32)[0]).all()


def test_small_jpegs_decode_to_exactly_what_pillow_reads(tmp_path, fresh_home):
    rng = np.random.default_rng(0)
    files, expected = [], []
    for options in (
        {"quality": 75},
        {"quality": 95, "subsampling": 0},
        {"progressive": True},
        {"optimize": True, "comment": b"hello"},
        {"keep_rgb": True},
        {"restart_marker_rows": 1},
    ):
        stream = io.BytesIO()
        noise = rng.integers(0, 256, (4, 4, 3), dtype=np.uint8).repeat(8, 0).repeat(8, 1)
        Image.fromarray(noise).save(stream, "JPEG", **options)
        files.append(stream.getvalue())
        expected.append(np.asarray(Image.open(stream).convert("RGB")))
    write(tmp_path / "train.parquet", files, [0, 1] * 3)
    write(tmp_path / "test.parquet", files, [0, 1] * 3)
    assert (load(tmp_path, size=32).x_train == np.stack(expected)).all()


def test_small_jpegs_are_turned_upright(tmp_path, fresh_home):
    stored = Image.new("RGB", (32, 32), (0, 0, 255))
    stored.paste((255, 0, 0), (0, 0, 16, 32))
    exif = Image.Exif()
    exif[0x0112] = 6  # the stored left side is to be seen on top
    stream = io.BytesIO()
    stored.save(stream, "JPEG", exif=exif)
    for name in ("train", "test"):
        write(tmp_path / f"{name}.parquet", [stream.getvalue()] * 2, [0, 1])
    image = load(tmp_path).x_train[0].astype(int)
    assert (image[0, :, 0] > 200).all()
    assert (image[-1, :, 2] > 200).all()


class TestColumns:
    @pytest.mark.parametrize("column", ["img", "image"])
    @pytest.mark.parametrize("struct", [True, False])
    def test_bytes_alone_or_in_a_struct_under_either_name(self, tmp_path, fresh_home, column, struct):
        images = [png((n, 0, 0)) for n in range(10)]
        write(tmp_path / "data.parquet", images, [0, 1] * 5, column=column, struct=struct)
        assert sorted(colors(load(tmp_path / "data.parquet"))) == [(n, 0, 0) for n in range(10)]

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({"pixels": [b"x"], "label": [1]}, ["`pixels`, `label`", "`img` (or `image`)"]),
            ({"img": [b"x"], "class": [1]}, ["`img`, `class`", "`label`"]),
            ({"img": [[1, 2]], "label": [1]}, ["list", "encoded bytes"]),
            ({"img": [b"x"], "label": [1.5]}, ["double", "whole numbers or texts"]),
            ({"img": pa.array([], pa.binary()), "label": pa.array([], pa.int64())}, ["holds no rows"]),
        ],
    )
    def test_others_are_refused_with_those_found_and_those_needed(self, tmp_path, columns, words):
        pq.write_table(pa.table(columns), tmp_path / "train.parquet")
        for ask in (check_source, describe, samples, lambda source: load_data(source, size=8)):
            with pytest.raises(DataError) as caught:
                ask(f"parquet:{tmp_path}")
            assert all(word in str(caught.value) for word in [*words, "train.parquet"]), str(caught.value)

    def test_a_file_that_is_no_parquet_is_refused(self, tmp_path):
        (tmp_path / "train.parquet").write_bytes(b"PAR1 but not really")
        with pytest.raises(DataError, match=r"train\.parquet cannot be read as parquet .*copy or download it again"):
            check_source(f"parquet:{tmp_path}")


class TestLabels:
    def test_texts_are_numbered_in_the_order_of_the_alphabet(self, tmp_path, fresh_home):
        labels = ["owl", "cat", "owl", "bee", "cat", "bee", "owl", "cat", "bee", "owl"]
        images = [png((labels.index(label), 0, 0)) for label in labels]
        data = load(write(tmp_path / "data.parquet", images, labels))
        assert data.class_names == ("bee", "cat", "owl")
        seen = set(zip(colors(data), np.concatenate([data.y_train, data.y_test]).tolist(), strict=True))
        assert seen == {((0, 0, 0), 2), ((1, 0, 0), 1), ((3, 0, 0), 0)}

    def test_names_in_the_schema_are_used_even_for_classes_without_images(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(10)]
        write(tmp_path / "train.parquet", images, [0, 2] * 5, names=["ant", "bee", "cat"])
        write(tmp_path / "test.parquet", images, [2] * 10, names=["ant", "bee", "cat"])
        data = load(tmp_path)
        assert data.class_names == describe(f"parquet:{tmp_path}").class_names == ("ant", "bee", "cat")
        assert data.y_train.tolist() == [0, 2] * 5
        assert samples(f"parquet:{tmp_path}", count=3)[1].tolist() == [2, 2, 2]

    def test_a_label_beyond_the_names_is_refused(self, tmp_path):
        write(tmp_path / "train.parquet", [png(0)] * 2, [0, 3], names=["ant", "bee"])
        with pytest.raises(DataError, match="declares 2 class names but holds the label 3"):
            describe(f"parquet:{tmp_path}")

    def test_numbers_with_gaps_are_closed_up_and_keep_their_number_as_name(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(10)]
        write(tmp_path / "train.parquet", images, [7, 100] * 5)
        write(tmp_path / "test.parquet", images[:1], [100])
        data = load(tmp_path)
        assert data.class_names == ("7", "100")
        assert data.y_train.tolist() == [0, 1] * 5
        assert data.y_test.tolist() == [1]

    def test_folders_that_images_came_from_give_names_only_if_they_agree(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(4)]
        paths = ["x/owl/1.png", "x/bee/1.png", "y/owl/2.png", "bee/2.png"]
        write(tmp_path / "good" / "train.parquet", images, [0, 1, 0, 1], paths=paths)
        assert describe(f"parquet:{tmp_path / 'good'}").class_names == ("owl", "bee")
        write(tmp_path / "odd" / "train.parquet", images, [0, 1, 1, 0], paths=paths)
        assert describe(f"parquet:{tmp_path / 'odd'}").class_names == ("0", "1")

    def test_one_class_is_refused(self, tmp_path):
        write(tmp_path / "train.parquet", [png(0)] * 10, [3] * 10)
        with pytest.raises(DataError, match="1 class.*at least 2"):
            load(tmp_path)


class TestFiles:
    def test_shards_are_joined_and_others_are_named(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(12)]
        for shard in range(2):
            part = slice(shard * 4, shard * 4 + 4)
            write(tmp_path / "data" / f"train-{shard}-of-2.parquet", images[part], [0, 1, 0, 1])
        write(tmp_path / "data" / "test-0-of-1.parquet", images[8:], [1, 0, 1, 0])
        write(tmp_path / "extra.parquet", images[:2], [0, 1])
        data = load(tmp_path)
        assert colors(data) == [(n, 0, 0) for n in range(12)]
        assert len(data.x_test) == 4
        assert data.notes == ("extra.parquet is not used: its name holds neither train nor test",)

    def test_without_test_files_a_fifth_is_set_aside_and_said(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(20)]
        write(tmp_path / "train.parquet", images, [0, 1] * 10)
        data, summary = load(tmp_path), describe(f"parquet:{tmp_path}")
        assert np.bincount(data.y_test).tolist() == [2, 2]
        assert sorted(colors(data)) == [(n, 0, 0) for n in range(20)]
        assert "a fifth was set aside for testing, 4 of 20" in data.notes[0]
        assert (summary.train_images, summary.test_images) == (16, 4)

    def test_a_pattern_chooses_files(self, tmp_path, fresh_home):
        for name in ("a-train", "b-train"):
            write(tmp_path / f"{name}.parquet", [png((n, 0, 0)) for n in range(10)], [0, 1] * 5)
        assert describe(f"parquet:{tmp_path}/a-*.parquet").train_images == 8

    def test_files_of_different_data_sets_are_not_mixed(self, tmp_path):
        write(tmp_path / "train-0.parquet", [png(0)] * 2, [0, 1])
        write(tmp_path / "train-1.parquet", [png(0)] * 2, [0, 1], column="image")
        with pytest.raises(DataError, match=r"train-1\.parquet and .*train-0\.parquet .*give files of one data set"):
            check_source(f"parquet:{tmp_path}")

    def test_training_and_test_files_may_call_their_columns_differently(self, tmp_path, fresh_home):
        write(tmp_path / "train.parquet", [png(0)] * 2, [0, 1])
        write(tmp_path / "test.parquet", [png(9)] * 2, [0, 1], column="image", struct=False)
        assert len(load(tmp_path).x_test) == 2

    def test_a_rewritten_file_is_noticed(self, tmp_path, fresh_home):
        file = write(tmp_path / "train.parquet", [png((1, 2, 3))] * 10, [0, 1] * 5)
        first = load(tmp_path)
        write(file, [png((3, 2, 1))] * 10, [0, 1] * 5)
        second = load(tmp_path)
        assert set(colors(first)) == {(1, 2, 3)}
        assert set(colors(second)) == {(3, 2, 1)}
        assert first.fingerprint != second.fingerprint


class TestDamagedRows:
    def test_they_are_skipped_counted_and_named(self, tmp_path, fresh_home):
        images = [png((n, 0, 0)) for n in range(20)]
        images[3] = b"no image"
        images[7] = None
        images[12] = images[12][:40]
        labels = [0, 1] * 10
        labels[15] = -1
        write(tmp_path / "train.parquet", images, labels)
        write(tmp_path / "test.parquet", images[:3], labels[:3])
        data = load(tmp_path)
        assert data.notes == (
            "4 of 23 rows could not be read and were skipped: "
            "train.parquet row 3, train.parquet row 7, train.parquet row 12, train.parquet row 15 (no label)",
        )
        kept = [n for n in range(20) if n not in (3, 7, 12, 15)]
        assert colors(data)[:16] == [(n, 0, 0) for n in kept]
        assert data.y_train.tolist() == [labels[n] for n in kept]

    def test_nothing_readable_is_an_error(self, tmp_path, fresh_home):
        write(tmp_path / "train.parquet", [b"no image"] * 10, [0, 1] * 5)
        with pytest.raises(DataError, match="none of the 10 images"):
            load(tmp_path)
        with pytest.raises(DataError, match="no image of .* could be read"):
            samples(f"parquet:{tmp_path}")
