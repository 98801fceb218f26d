"""Text that came from outside, such as a path or an error's message, made safe for Markdown."""


def as_text(text: str) -> str:
    """Return text that Markdown shows as it is."""
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>()#+!|$:~" else char for char in text)
