"""The file that a run goes on from: whole or not there, whatever happens while it is written, and never run."""

import json
import pickle
import zipfile
from dataclasses import replace

import numpy as np
import pytest

from resnet_core import checkpoints
from resnet_core.checkpoints import FILE, Checkpoint
from resnet_core.errors import RunError
from tests.processes import start_python
from tests.stored_rows import epoch

KEPT = Checkpoint(
    {"seed": 3, "data": "ab12"},
    (epoch(1, train_loss=0.1 + 0.2), epoch(2)),
    {
        "weights": np.random.default_rng(0).normal(size=(3, 3, 16, 32)).astype("float32"),
        "count": np.array(160, dtype="int64"),
        "seeds": np.array([7, 2**32 - 1], dtype="uint32"),
        "empty": np.zeros((0, 4), dtype="float32"),
    },
)


def test_what_is_kept_comes_back_to_the_last_bit(tmp_path):
    checkpoints.save(tmp_path, KEPT)
    found = checkpoints.load(tmp_path)
    assert (found.facts, found.epochs) == (KEPT.facts, KEPT.epochs)
    assert checkpoints.finished_epochs(tmp_path) == KEPT.epochs
    assert found.arrays.keys() == KEPT.arrays.keys()
    for name, array in KEPT.arrays.items():
        assert (found.arrays[name].dtype, found.arrays[name].shape) == (array.dtype, array.shape)
        assert found.arrays[name].tobytes() == array.tobytes()
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_a_run_that_finished_no_epoch_has_none(tmp_path):
    assert checkpoints.load(tmp_path) is None
    assert checkpoints.finished_epochs(tmp_path) == ()
    checkpoints.remove(tmp_path)


def test_a_write_that_fails_at_any_byte_leaves_the_one_before(tmp_path):
    checkpoints.save(tmp_path, KEPT)
    before = (tmp_path / FILE).read_bytes()
    # A limit on the size of files fails a write just as a full disk does.
    code = (
        "import resource, sys\n"
        "from pathlib import Path\n"
        "from resnet_core import checkpoints\n"
        "from tests.test_checkpoints import KEPT, epoch, replace\n"
        "later = replace(KEPT, epochs=(*KEPT.epochs, epoch(3)))\n"
        "folder, size = Path(sys.stdin.readline().strip()), int(sys.stdin.readline())\n"
        "for most in range(0, size, size // 50):\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (most, resource.RLIM_INFINITY))\n"
        "    try:\n"
        "        checkpoints.save(folder, later)\n"
        "    except OSError as error:\n"
        "        print(error.errno)\n"
    )
    out, err = start_python(code).communicate(f"{tmp_path}\n{len(before)}\n")
    assert err == ""
    assert len(out.split()) == len(range(0, len(before), len(before) // 50)), "each of them failed"
    assert (tmp_path / FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "no half of one stays behind"


def test_a_writer_that_is_killed_at_any_moment_leaves_one_that_is_whole(tmp_path):
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from resnet_core import checkpoints\n"
        "from tests.test_checkpoints import KEPT, epoch, replace\n"
        "folder, number = Path(sys.stdin.readline().strip()), int(sys.stdin.readline())\n"
        "while True:\n"
        "    number += 1\n"
        "    checkpoints.save(folder, replace(KEPT, epochs=(*KEPT.epochs, epoch(number))))\n"
        "    print(number, flush=True)\n"
    )
    reached = 2
    for length in (1, 2, 5, 9):
        with start_python(code) as writer:
            writer.stdin.write(f"{tmp_path}\n{reached}\n")
            writer.stdin.flush()
            for _ in range(length):
                reached = int(writer.stdout.readline())
            writer.kill()
        last = checkpoints.load(tmp_path).epochs[-1].epoch
        assert last >= reached, "what was said to be kept is kept"
        reached = last


@pytest.mark.parametrize("place", [0.0, 0.1, 0.5, 0.9, 1.0])
def test_a_damaged_file_is_refused_in_one_line(tmp_path, place):
    checkpoints.save(tmp_path, KEPT)
    content = bytearray((tmp_path / FILE).read_bytes())
    for at in range(int(place * (len(content) - 40)), int(place * (len(content) - 40)) + 40):
        content[at] ^= 0xFF
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(RunError, match="cannot be read .*: train the run again from its beginning") as refused:
        checkpoints.load(tmp_path)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("part", [0, 1, 100, 1000])
def test_a_file_that_was_cut_short_is_refused_in_one_line(tmp_path, part):
    checkpoints.save(tmp_path, KEPT)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes()[:part])
    for read in (checkpoints.load, checkpoints.finished_epochs):
        with pytest.raises(RunError, match="cannot be read"):
            read(tmp_path)


def test_one_of_a_newer_version_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / FILE, "w") as archive:
        archive.writestr("about.json", json.dumps({"version": checkpoints.VERSION + 1, "state": "new"}))
    with pytest.raises(RunError, match="comes from a newer ResNet Lab .*: update ResNet Lab"):
        checkpoints.load(tmp_path)


def test_nothing_in_it_is_ever_run(tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path / "sprung").touch, ()

    checkpoints.save(tmp_path, replace(KEPT, arrays={}))
    with zipfile.ZipFile(tmp_path / FILE, "a") as archive, archive.open("weights.npy", "w") as member:
        np.lib.format.write_array(member, np.array([Trap()], dtype=object), allow_pickle=True)
    assert pickle.dumps(Trap())
    with pytest.raises(RunError, match="cannot be read"):
        checkpoints.load(tmp_path)
    assert not (tmp_path / "sprung").exists()
