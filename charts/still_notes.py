"""Shapes and notes of a still picture: lines, boxes and words that belong to no trace."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from charts.still_axes import Axis
from charts.still_text import NotDrawable, extent
from charts.still_traces import Sheet

SHAPE = {"type", "x0", "x1", "y0", "y1", "xref", "yref", "line", "fillcolor", "opacity", "layer",
         "path", "name", "visible", "editable", "showlegend", "fillrule"}  # fmt: skip
NOTE = {
    "text",
    "x",
    "y",
    "xref",
    "yref",
    "xanchor",
    "yanchor",
    "xshift",
    "yshift",
    "showarrow",
    "align",
    "font",
    "bgcolor",
    "bordercolor",
    "borderwidth",
    "borderpad",
    "opacity",
    "name",
    "textangle",
    "ax",
    "ay",
    "arrowhead",
    "arrowcolor",
    "arrowwidth",
    "arrowsize",
    "hovertext",
    "hoverlabel",
    "captureevents",
    "visible",
    "valign",
    "standoff",
    "lines",
    "clicktoshow",
}
LEAST_PART, MOST_PART = 1 / 3, 2 / 3
CIRCLE_STEPS = 48


@dataclass
class Frame:
    """The paper and the plot on it [pixels], with what is written around."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    notes: list[dict[str, Any]]
    shapes: list[Mapping[str, Any]]
    font: Mapping[str, Any]


def _spot(sheet: Sheet, frame: Frame, reference: str, value: Any, *, is_across: bool) -> float:
    """The pixel a reference and a value name: on paper, on the span of an axis, or on its scale."""
    ends = (frame.left, frame.right) if is_across else (frame.bottom, frame.top)
    if reference == "paper":
        return ends[0] + float(value) * (ends[1] - ends[0])
    name, _, kind = reference.partition(" ")
    axis: Axis | None = sheet.axes.get(name)
    if axis is None:
        raise NotDrawable(f"reference {reference}")
    if kind == "domain":
        return axis.start + float(value) * (axis.end - axis.start)
    found = axis.pixel(value)
    if found is None:
        raise NotDrawable(f"position {value} on {reference}")
    return found


def shape(sheet: Sheet, frame: Frame, given: Mapping[str, Any]) -> None:
    """One line, box, circle or path.

    Raises:
        NotDrawable: a setting we do not draw.
    """
    if given.get("visible") is False:
        return
    unknown = set(given) - SHAPE
    if unknown or given.get("type", "rect") not in ("line", "rect", "circle", "path"):
        raise NotDrawable(f"shape {given.get('type')}: {', '.join(sorted(unknown))}")
    xref, yref = str(given.get("xref") or "x"), str(given.get("yref") or "y")
    line = given.get("line") or {}
    ink, width = line.get("color") or "#444444", float(line.get("width", 2))
    opacity = float(given.get("opacity", 1.0))

    def spot(x: Any, y: Any) -> tuple[float, float]:
        return (
            _spot(sheet, frame, xref, x, is_across=True),
            _spot(sheet, frame, yref, y, is_across=False),
        )

    if given.get("type") == "path":
        points = [spot(x, y) for x, y in _path(str(given["path"]))]
    else:
        (x0, y0), (x1, y1) = spot(given["x0"], given["y0"]), spot(given["x1"], given["y1"])
        if given.get("type") == "line":
            sheet.painter.line(
                [x0, x1], [y0, y1], ink=ink, width=width, dash=line.get("dash"), opacity=opacity
            )
            return
        points = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
        if given.get("type") == "circle":
            turns = [2 * math.pi * step / CIRCLE_STEPS for step in range(CIRCLE_STEPS)]
            points = [
                ((x0 + x1 + (x1 - x0) * math.cos(turn)) / 2,
                 (y0 + y1 + (y1 - y0) * math.sin(turn)) / 2)
                for turn in turns
            ]  # fmt: skip
    sheet.painter.area(
        points, fill=given.get("fillcolor") or "transparent", ink=ink, width=width,
        dash=line.get("dash"), opacity=opacity,
    )  # fmt: skip


def _path(text: str) -> list[tuple[float, float]]:
    """Corners of a path of straight strokes.

    Raises:
        NotDrawable: curves.
    """
    if not re.fullmatch(r"[\sMLZ,.\deE+-]+", text):
        raise NotDrawable(f"path {text[:40]}")
    numbers = [float(part) for part in re.findall(r"[+-]?[\d.]+(?:[eE][+-]?\d+)?", text)]
    return list(zip(numbers[::2], numbers[1::2], strict=True))


def note(sheet: Sheet, frame: Frame, given: Mapping[str, Any], font: Mapping[str, Any]) -> None:
    """One note, with its box and arrow where it has them.

    Raises:
        NotDrawable: a setting we do not draw.
    """
    if given.get("visible") is False or not given.get("text"):
        return
    if set(given) - NOTE:
        raise NotDrawable(f"annotation: {', '.join(sorted(set(given) - NOTE))}")
    has_arrow = given.get("showarrow") is not False
    spots, anchors = [], []
    for is_across, names in (
        (True, ("left", "center", "right")),
        (False, ("bottom", "middle", "top")),
    ):
        letter = "x" if is_across else "y"
        reference = str(given.get(f"{letter}ref") or letter)
        spots.append(_spot(sheet, frame, reference, given.get(letter, 0.5), is_across=is_across))
        share = float(given.get(letter, 0.5)) if reference.endswith(("paper", "domain")) else 0.5
        anchor = str(given.get(f"{letter}anchor") or "auto")
        if anchor == "auto":
            anchor = names[0] if share < LEAST_PART else names[2] if share > MOST_PART else names[1]
            anchor = names[1] if has_arrow else anchor
        anchors.append(anchor)
    across = spots[0] + float(given.get("xshift") or 0)
    down = spots[1] - float(given.get("yshift") or 0)
    if has_arrow:
        across, down = _arrow(sheet, given, (across, down), font)
    size = float(font["size"])
    _boxed(sheet, given, (across, down), anchors, size)
    sheet.painter.text(
        across, down, str(given["text"]), size=size, ink=font["color"],
        xanchor=anchors[0], yanchor=anchors[1], align=str(given.get("align") or "center"),
        angle=float(given.get("textangle") or 0), opacity=float(given.get("opacity", 1.0)),
        is_bold=str(font.get("weight")) in ("bold", "600", "700"),
    )  # fmt: skip


def _boxed(
    sheet: Sheet, given: Mapping[str, Any], spot: tuple[float, float], anchors: list[str],
    size: float,
) -> None:  # fmt: skip
    fill, edge = given.get("bgcolor"), given.get("bordercolor")
    width = float(given.get("borderwidth", 1 if edge else 0))
    if not fill and not (edge and width):
        return
    wide, tall = extent(str(given["text"]), size)
    left = spot[0] - {"left": 0.0, "center": wide / 2, "right": wide}[anchors[0]]
    top = spot[1] - {"top": 0.0, "middle": tall / 2, "bottom": tall}[anchors[1]]
    pad = float(given.get("borderpad", 1))
    sheet.painter.bar(
        (left - pad, top - pad, left + wide + pad, top + tall + pad), fill=fill or "transparent",
        ink=edge, width=width,
    )  # fmt: skip


def _arrow(
    sheet: Sheet, given: Mapping[str, Any], point: tuple[float, float], font: Mapping[str, Any]
) -> tuple[float, float]:
    """The stroke from the words to the point, and where the words stand."""
    shift = float(given.get("ax", -10)), float(given.get("ay", -30))
    tail = point[0] + shift[0], point[1] + shift[1]
    ink = given.get("arrowcolor") or font["color"]
    width = float(given.get("arrowwidth", 1.5))
    sheet.painter.line([tail[0], point[0]], [tail[1], point[1]], ink=ink, width=width)
    if given.get("arrowhead") != 0:
        turn = math.atan2(point[1] - tail[1], point[0] - tail[0])
        reach = 4 * width * float(given.get("arrowsize", 1))
        wings = [
            (point[0] - reach * math.cos(turn + side), point[1] - reach * math.sin(turn + side))
            for side in (0.4, -0.4)
        ]
        sheet.painter.area([point, *wings], fill=ink)
    return tail
