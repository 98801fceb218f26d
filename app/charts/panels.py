"""Panels of one figure that share both ranges, each under a heading: small multiples."""

from collections.abc import Sequence
from typing import Any

GAP = 0.04


def panels(
    headings: Sequence[str], *, x_title: str, y_title: str, log: bool = False, log_x: bool = False
) -> tuple[dict[str, Any], dict[str, dict[str, str]]]:
    """Lay out panels in rows of up to three; all zoom together.

    Args:
        headings: of the panels; a single one is not written.
        x_title, y_title: of the outer axes, with their units.
        log, log_x: logarithmic axes.

    Returns: a layout's axes and headings, and for each heading the axes that its traces name.
    """
    columns, rows = shape(len(headings))
    layout: dict[str, Any] = {"annotations": []}
    places: dict[str, dict[str, str]] = {}
    height = 1 / max(rows, 1)
    for position, heading in enumerate(headings or ("",)):
        row, column = divmod(position, columns)
        number = "" if position == 0 else str(position + 1)
        width = (1 - GAP * (columns - 1)) / columns
        # Rows leave room for the headings and the numbers between them.
        top = 1 - row * height - (0.06 if row else 0)
        bottom = 1 - (row + 1) * height + (0.06 if row < rows - 1 else 0)
        x_axis: dict[str, Any] = {
            "domain": [column * (width + GAP), column * (width + GAP) + width],
            "anchor": f"y{number}",
            "type": "log" if log_x else "linear",
        }
        y_axis: dict[str, Any] = {"domain": [bottom, top], "anchor": f"x{number}", "type": "log" if log else "linear"}
        if log:
            y_axis |= {"dtick": "D2", "tickformat": "~g"}
        else:
            y_axis["rangemode"] = "tozero"
        if not log_x:
            x_axis["rangemode"] = "tozero"
        if number:
            x_axis["matches"], y_axis["matches"] = "x", "y"
        # The last panel of a column names what is counted along it.
        if position + columns >= len(headings):
            x_axis["title"] = {"text": x_title}
        if column == 0:
            y_axis["title"] = {"text": y_title}
        else:
            y_axis["showticklabels"] = False
        layout[f"xaxis{number}"], layout[f"yaxis{number}"] = x_axis, y_axis
        places[heading] = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
        if len(headings) > 1:
            layout["annotations"].append(
                {
                    "text": heading,
                    "showarrow": False,
                    "x": 0.5,
                    "xref": f"x{number} domain",
                    "y": 1,
                    "yref": f"y{number} domain",
                    "yanchor": "bottom",
                    "font": {"size": 15 if rows == 1 else 13},
                }
            )
    return layout, places


def shape(count: int) -> tuple[int, int]:
    """Return the columns and rows of so many panels.

    Example:
        >>> shape(1), shape(2), shape(4), shape(5)
        ((1, 1), (2, 1), (2, 2), (3, 2))
    """
    columns = count if count <= 3 else 2 if count == 4 else 3
    return max(columns, 1), max(-(-count // max(columns, 1)), 1)
