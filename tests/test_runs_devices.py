"""This machine's processors, as the operating system itself describes them."""

import os
import platform
import time
from pathlib import Path

import psutil
import pytest

from resnet_core.runs import devices


@pytest.fixture
def no_gpu(monkeypatch):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


def test_the_cpu_has_a_name_cores_and_memory(no_gpu):
    device = devices.local_device()
    assert device.kind == "cpu"
    cpuinfo = Path("/proc/cpuinfo")
    assert device.name in (cpuinfo.read_text() if cpuinfo.exists() else platform.processor() or platform.machine())
    assert 1 <= device.cores <= os.cpu_count()
    assert device.memory_total == psutil.virtual_memory().total
    assert 0 < device.memory_free < device.memory_total


def test_the_load_is_what_the_cores_did_since_the_last_question():
    load = devices._CpuLoad()
    assert load.fraction() == 0.0
    began = psutil.Process().cpu_times()
    wall = time.monotonic()
    while time.monotonic() - wall < 0.7:
        sum(range(1000))
    own = sum(psutil.Process().cpu_times()[:2]) - sum(began[:2])
    fraction = load.fraction()
    assert own / 0.7 / os.cpu_count() - 0.15 < fraction <= 1.0
    assert load.fraction() == fraction, "questions that follow at once have the same answer"


@pytest.mark.parametrize(
    ("chosen", "left"),
    [
        *(("", ()), (" ", ()), ("-1", ()), ("-1,0", ())),
        *(("1", ("1",)), (" 2, 0 ", ("2", "0")), ("GPU-8f3a,1", ("GPU-8f3a", "1"))),
        *(("1,-1,0", ("1",)), ("1,,0", ("1",)), ("0,", ("0",))),
    ],
)
def test_hidden_gpus_are_not_used(chosen, left):
    assert devices._visible(chosen) == left


def test_gpus_are_those_of_the_driver(monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    nodes = [path for path in Path("/dev").glob("nvidia*") if path.name.removeprefix("nvidia").isdigit()]
    found = devices.gpus()
    assert len(found) == len(devices.gpu_identifiers()) == len(nodes)
    assert all(gpu.memory_free <= gpu.memory_total and 0 <= gpu.load <= 1 and gpu.name for gpu in found)
