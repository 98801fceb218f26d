"""What a measure is."""

from collections.abc import Callable

Measure = Callable[..., float]
"""Plain values in, as YAML holds them; one number out."""
