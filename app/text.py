"""Text that came from outside, such as a path or an error's message, as a page shows it."""

from app.language import _
from resnet_core.errors import LabError, one_line
from resnet_core.words import Said


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#+!|$:~" else char for char in text)


def reason_of(error: LabError) -> str:
    """Return an error's line; in the reader's language where the core says it by a template."""
    message = error.args[0] if error.args else ""
    return _(message) if isinstance(message, Said) else one_line(error)
