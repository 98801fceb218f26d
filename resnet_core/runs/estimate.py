"""Seconds and memory of a run before it starts: a model of one epoch, corrected by the runs this device has done.

The model. A training step costs three forward passes (forward, gradients of activations, gradients of weights) at the
device's multiply-accumulates per second, plus what the framework needs whatever the layer's size. Its constants were
fitted to a 2-core CPU whose NumPy multiplies matrices at 83e9 MACs/s: pocket_resnet20 at 2,200, pocket_resnet56 at 800
and resnet20 at 550-700 images/s; it gives 2,100, 735 and 630. Past runs replace the constants: their measured
epochs over modeled ones, the networks of nearest size first, become a factor; their start-up times become a median.

The memory. Weights, gradients and optimizer slots in float32, every layer's output for a batch twice (kept for the
gradient, and the gradient or a copy of it), the images as bytes, and the process with its libraries.
"""

import functools
import math
import statistics
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from resnet_core.costs import Cost, count_costs
from resnet_core.datasets import Summary
from resnet_core.datasets.collect import IN_MEMORY_BYTES
from resnet_core.datasets.store import CHUNK_BYTES
from resnet_core.errors import InputError
from resnet_core.graph import build_graph
from resnet_core.recipes import Optimizer, Precision, Recipe, make_recipe, validation_batch
from resnet_core.runs import devices, store
from resnet_core.runs.devices import Device
from resnet_core.runs.records import Job
from resnet_core.spec import ResNetSpec, make_spec
from resnet_core.words import N_, say, say_count

STEP_SECONDS = 0.003
LAYER_SECONDS = 0.00004
CONVOLUTION_EFFICIENCY = 0.95  # a convolution's MACs/s over a matrix product's
GPU_SPEEDUP = 30.0  # over the CPU beside it: a guess, until a run has been measured

START_SECONDS = 8.0  # import of Keras and its backend, data, the network
TRACE_SECONDS = 0.06  # a layer's share of the first step, which compiles the graph

PROCESS_BYTES = 700_000_000
LAYER_BYTES = 1_500_000  # a traced layer, forward and backward
_SLOTS = {
    Optimizer.SGD: 0,
    Optimizer.MOMENTUM: 1,
    Optimizer.NESTEROV: 1,
    Optimizer.RMSPROP: 1,
    Optimizer.ADAM: 2,
    Optimizer.ADAMW: 2,
    Optimizer.NADAM: 2,
}

RECENT_RUNS = 60
NEAREST_RUNS = 5


@dataclass(frozen=True)
class Estimate:
    """What a run will cost, roughly.

    Attributes:
        seconds: wall time of its process, waiting in the queue not counted.
        memory_bytes: at its highest, of the processor that trains.
        basis: one line that says where the seconds come from.
    """

    seconds: float
    memory_bytes: int
    basis: str


def estimate(spec: ResNetSpec, recipe: Recipe, train_images: int, val_images: int) -> Estimate:
    """Estimate a run on this machine.

    Args:
        spec, recipe: what would be trained, and how.
        train_images, val_images: images trained on and validated on in each epoch.

    Raises:
        StoreError: past runs cannot be read.
    """
    return estimates([(spec, recipe, train_images, val_images)])[0]


def estimates(wanted: Iterable[tuple[ResNetSpec, Recipe, int, int]]) -> list[Estimate]:
    """Estimate several runs, each by itself; their arguments are those of `estimate`."""
    device = devices.local_device()
    past = _past_runs(device.name)
    return [_estimate(_Work.of(*run), run[1], device, past) for run in wanted]


def image_counts(recipe: Recipe, data: Summary) -> tuple[int, int]:
    """Return the images that a run on this data trains on and validates on."""
    held_out = recipe.validation_size or 0
    left = max(data.train_images - held_out, 1)
    return min(recipe.train_size or data.train_images, left), held_out or data.test_images


def _estimate(work: "_Work", recipe: Recipe, device: Device, past: list["_PastRun"]) -> Estimate:
    seconds = work.epoch_seconds(_speed(device.kind)) * work.epochs
    if past:
        nearest = sorted(past, key=lambda run: work.distance(run.work))[:NEAREST_RUNS]
        seconds *= statistics.median(run.epoch_seconds / run.work.epoch_seconds(_speed(device.kind)) for run in nearest)
        start = statistics.median(run.start_seconds for run in past)
        trace = statistics.median(run.trace_seconds / run.work.layers for run in nearest)
        basis = say_count(
            "measured on {count} earlier run on this device",
            "measured on {count} earlier runs on this device",
            len(nearest),
        )
    else:
        start, trace = START_SECONDS, TRACE_SECONDS
        basis = N_("no run on this device yet: from a NumPy matrix product measured just now")
        if device.kind == "gpu":
            basis = say(
                "no run on this device yet: from a NumPy matrix product measured just now on the CPU, and a guess that "
                "the GPU is {factor:.0f} times as fast",
                factor=GPU_SPEEDUP,
            )
    return Estimate(start + trace * work.layers + seconds, work.memory_bytes(recipe), basis)


@dataclass(frozen=True)
class _Work:
    """What a run has to do."""

    cost: Cost
    layers: int
    batch: int
    steps_per_epoch: int
    epochs: float
    images: int
    image_bytes: int
    val_images: int
    validation_steps: int

    @classmethod
    def of(cls, spec: ResNetSpec, recipe: Recipe, train_images: int, val_images: int) -> "_Work":
        cost, layers = _counted(spec)
        batch = max(min(recipe.batch_size, train_images), 1)
        steps_per_epoch = max(train_images // batch, 1)
        epochs = recipe.epochs or recipe.steps / steps_per_epoch
        image_bytes = spec.input_size**2 * spec.channels
        images = train_images + val_images
        validation_steps = math.ceil(val_images / validation_batch(spec.input_size))
        return cls(cost, layers, batch, steps_per_epoch, epochs, images, image_bytes, val_images, validation_steps)

    def epoch_seconds(self, macs_per_second: float) -> float:
        overhead = STEP_SECONDS + LAYER_SECONDS * self.layers
        step = overhead + 3 * self.cost.macs * self.batch / macs_per_second
        validation = self.validation_steps * overhead + self.cost.macs * self.val_images / macs_per_second
        return self.steps_per_epoch * step + validation

    def distance(self, other: "_Work") -> float:
        """How unlike two runs are: by the factor between their steps, and between their depths."""
        own, theirs = self.cost.macs * self.batch, other.cost.macs * other.batch
        return abs(math.log(own / theirs)) + abs(math.log(self.layers / other.layers))

    def memory_bytes(self, recipe: Recipe) -> int:
        parameters = 4 * self.cost.params * (2 + _SLOTS[recipe.optimizer])
        width = 2 if recipe.precision is Precision.MIXED_BFLOAT16 else 4
        activations = 2 * width * self.cost.activations * self.batch
        stored = self.images * self.image_bytes
        # More than this is read from disk, a few batches at a time.
        images = 2 * stored if stored <= IN_MEMORY_BYTES else CHUNK_BYTES + 4 * self.batch * self.image_bytes
        return PROCESS_BYTES + LAYER_BYTES * self.layers + parameters + activations + images


@dataclass(frozen=True)
class _PastRun:
    work: _Work
    start_seconds: float
    trace_seconds: float
    epoch_seconds: float


def _past_runs(device: str) -> list[_PastRun]:
    jobs = store.jobs(kind="train", states=("finished", "stopped"), limit=RECENT_RUNS, with_epochs=True)
    measured = [_measured(job) for job in jobs if job.device == device and job.started and job.running_since]
    return [run for run in measured if run is not None]


def _measured(job: Job) -> _PastRun | None:
    """Return what a run tells; None if it has no epoch besides its first, which compiles, or can no longer be read."""
    if len(job.epochs) < 2:
        return None
    try:
        spec, recipe = make_spec(job.spec), make_recipe(job.recipe)
    except InputError:
        return None
    first, *later = (epoch.seconds for epoch in job.epochs)
    usual = statistics.median(later)
    work = _Work.of(spec, recipe, job.train_images, job.val_images)
    # A clock that was set meanwhile makes no run begin before it was started.
    return _PastRun(work, max(job.running_since - job.started, 0.0), max(first - usual, 0.0), usual)


def _speed(kind: str) -> float:
    """Return multiply-accumulates per second that a convolution can be expected to reach."""
    return _matrix_speed() * CONVOLUTION_EFFICIENCY * (GPU_SPEEDUP if kind == "gpu" else 1.0)


@functools.cache
def _matrix_speed(size: int = 512, seconds: float = 0.06) -> float:
    """Measure NumPy's best multiply-accumulates per second in a moment."""
    a = np.full((size, size), 0.5, dtype="float32")
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(times) < 3:
        began = time.perf_counter()
        a @ a
        times.append(time.perf_counter() - began)
    return size**3 / min(times)


@functools.lru_cache(maxsize=256)
def _counted(spec: ResNetSpec) -> tuple[Cost, int]:
    graph = build_graph(spec)
    return count_costs(graph).total, len(graph.nodes)
