"""What a run had reported, for a script that repeats it and says whether it goes the same way."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from resnet_core.code.pieces import Section

LOSSES_SHOWN = 1_000


@dataclass(frozen=True)
class Record:
    """A run that a script repeats.

    Attributes:
        run: its id.
        device: the processor it trained on.
        backend: that Keras ran on, as `tensorflow`.
        versions: of Python and the libraries that trained it.
        losses: the training loss of each finished epoch.
    """

    run: str
    device: str = ""
    backend: str = "tensorflow"
    versions: Mapping[str, str] = field(default_factory=dict)
    losses: tuple[float, ...] = ()

    def pinned(self, package: str) -> str:
        """Name a package with the version that trained the run, as pip takes it."""
        version = self.versions.get(package)
        return f"{package}=={version}" if version else package

    def origin(self) -> str:
        """Say where the run came from, in one line."""
        python = f" with Python {self.versions['python']}" if "python" in self.versions else ""
        return f"It repeats the run {self.run}, which was trained{f' on {self.device}' if self.device else ''}{python}."


def record_section(record: Record) -> Section:
    """Write `compare()`, which `train()` calls after each epoch."""
    shown = record.losses[:LOSSES_SHOWN]
    losses = (
        "".join(f"\n    {loss!r}," for loss in shown) + "\n" if len(shown) > 1 else "".join(f"{x!r}," for x in shown)
    )
    code = f'''RECORDED = ({losses})  # the training loss of each epoch of {record.run}


def compare(epoch, loss):
    """Say whether an epoch went as it did in the run."""
    if epoch > len(RECORDED):
        return
    if loss == RECORDED[epoch - 1]:
        print("  the same training loss as in the run, to the last bit", flush=True)
    else:
        print(f"  training loss {{loss!r}}, in the run {{RECORDED[epoch - 1]!r}}", flush=True)'''
    about = "On the same processor with the same versions every epoch has the training loss that the run had."
    return Section("The run", about, code)
