"""The processors of this machine by name, with their memory and load; cheap enough to ask every second."""

import functools
import os
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

import psutil
import pynvml

from resnet_core.hardware import cpu_name


@dataclass(frozen=True)
class Device:
    """A processor as it is at this moment.

    Attributes:
        name: as its maker writes it.
        kind: cpu or gpu.
        cores: processor cores that this process may use; on a GPU its streaming multiprocessors are not counted: 0.
        memory_total, memory_free: bytes.
        load: the part of it that was busy since the last time someone asked, 0..1.
    """

    name: str
    kind: Literal["cpu", "gpu"]
    cores: int
    memory_total: int
    memory_free: int
    load: float


def local_device() -> Device:
    """Return what a run trains on here: the first GPU that may be used, else the CPU."""
    return next(iter(gpus()), None) or cpu()


def cpu() -> Device:
    """Return the CPU with the machine's memory."""
    memory = psutil.virtual_memory()
    return Device(cpu_name(), "cpu", _cores(), memory.total, memory.available, _cpu_load.fraction())


def gpus() -> tuple[Device, ...]:
    """Return the NVIDIA GPUs that may be used; none without a driver."""
    found = []
    for identifier in gpu_identifiers():
        try:
            handle = _handle(identifier)
            memory = pynvml.nvmlDeviceGetMemoryInfo(handle)
            name = pynvml.nvmlDeviceGetName(handle)
            load = _gpu_load(handle)
        except (pynvml.NVMLError, ValueError):
            continue
        found.append(Device(name, "gpu", 0, int(memory.total), int(memory.free), load))
    return tuple(found)


def gpu_identifiers() -> tuple[str, ...]:
    """Return the GPUs that may be used, as CUDA_VISIBLE_DEVICES names them.

    That variable limits them; without it they are all of the driver's, counted from 0.
    """
    if not _driver():
        return ()
    allowed = os.environ.get("CUDA_VISIBLE_DEVICES")
    if allowed is None:
        return tuple(str(i) for i in range(pynvml.nvmlDeviceGetCount()))
    return _visible(allowed)


def _visible(allowed: str) -> tuple[str, ...]:
    """Read CUDA_VISIBLE_DEVICES."""
    names = [part.strip() for part in allowed.split(",")]
    # CUDA itself ignores everything from the first invalid name on; -1 is the usual one.
    return tuple(names[: next((i for i, name in enumerate(names) if name in ("", "-1")), len(names))])


@functools.cache
def _driver() -> bool:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return False
    return True


def _handle(identifier: str) -> Any:
    if identifier.isdigit():
        return pynvml.nvmlDeviceGetHandleByIndex(int(identifier))
    return pynvml.nvmlDeviceGetHandleByUUID(identifier)


def _gpu_load(handle: Any) -> float:
    try:
        return pynvml.nvmlDeviceGetUtilizationRates(handle).gpu / 100
    except pynvml.NVMLError_NotSupported:
        return 0.0


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class _CpuLoad:
    """The busy part of the CPU between two questions, whichever thread asks; psutil's own answer is per thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked, self._busy, self._total = 0.0, 0.0, 0.0
        self._fraction = 0.0

    def fraction(self) -> float:
        with self._lock:
            now = time.monotonic()
            # Ticks are 10 ms: closer questions would divide noise by noise.
            if now - self._asked >= 0.5:
                times = psutil.cpu_times()
                total = sum(times) - getattr(times, "guest", 0.0) - getattr(times, "guest_nice", 0.0)
                busy = total - times.idle - getattr(times, "iowait", 0.0)
                if self._asked and total > self._total:
                    self._fraction = min(max((busy - self._busy) / (total - self._total), 0.0), 1.0)
                self._asked, self._busy, self._total = now, busy, total
            return self._fraction


_cpu_load = _CpuLoad()
