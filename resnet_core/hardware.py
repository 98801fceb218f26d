"""What this machine computes with, asked without any deep-learning library."""

import functools
import platform
from pathlib import Path


@functools.cache
def cpu_name() -> str:
    """Return the processor's name as its maker writes it."""
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine() or "CPU"
