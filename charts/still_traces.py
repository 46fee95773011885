"""Traces of a still picture: points, lines, areas, bars and cells."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from charts.still_axes import Axis, as_number, is_missing, merged
from charts.still_paint import Box, Painter, colour
from charts.still_text import NotDrawable

# Spoken to the mouse or to the program, never drawn.
FOR_THE_MOUSE = {
    "customdata", "hoverinfo", "hoverlabel", "hovertemplate", "hovertext", "hoverongaps", "ids",
    "legendgroup", "legendrank", "meta", "name", "showlegend", "type", "uid", "uirevision",
    "visible", "hoveron", "selectedpoints", "xaxis", "yaxis", "legend", "legendgrouptitle",
}  # fmt: skip
DRAWN = {
    "scatter": {"x", "y", "mode", "line", "marker", "text", "textposition", "textfont", "opacity",
                "fill", "fillcolor", "fillpattern", "cliponaxis", "connectgaps", "texttemplate",
                "error_x", "error_y"},
    "bar": {"x", "y", "orientation", "offset", "width", "base", "marker", "opacity", "text",
            "textposition", "textfont", "cliponaxis", "textangle", "insidetextanchor",
            "constraintext"},
    "heatmap": {"x", "y", "z", "colorscale", "zmin", "zmax", "xgap", "ygap", "showscale", "text",
                "texttemplate", "textfont", "opacity", "zmid", "reversescale", "colorbar"},
}  # fmt: skip
MARKER = {"symbol", "size", "color", "line", "opacity", "pattern", "colorscale", "cmin", "cmax",
          "showscale", "angle"}  # fmt: skip
LINE = {"color", "width", "dash", "shape", "simplify"}
COLOURWAY = ("#636efa", "#EF553B", "#00cc96", "#ab63fa", "#FFA15A", "#19d3f3", "#FF6692")
TEXT_INK = "#2a3f5f"
NUMBERED = ("x", "y")


@dataclass
class Sheet:
    """What all traces of one picture share."""

    painter: Painter
    axes: dict[str, Axis]
    font: Mapping[str, Any]
    layout: Mapping[str, Any]
    previous: list[tuple[float, float]] = field(default_factory=list)

    def pair(self, trace: Mapping[str, Any]) -> tuple[Axis, Axis]:
        """The two axes a trace is drawn on."""
        return self.axes[str(trace.get("xaxis") or "x")], self.axes[str(trace.get("yaxis") or "y")]

    def box(self, trace: Mapping[str, Any]) -> Box:
        """The rectangle both axes span."""
        across, down = self.pair(trace)
        left, right = sorted((across.start, across.end))
        top, bottom = sorted((down.start, down.end))
        return left, top, right, bottom


def listed(values: Any) -> list[Any]:
    """The values of a trace as a list."""
    return [] if values is None else list(values)


def one(values: Any, at: int, default: Any = None) -> Any:
    """The setting of the point `at`: its own where a list is given, or that of all."""
    if values is None:
        return default
    if isinstance(values, str) or not hasattr(values, "__len__"):
        return values
    return values[at] if at < len(values) else default


def check(trace: Mapping[str, Any]) -> None:
    """Stop at anything a still cannot show.

    Raises:
        NotDrawable: a kind of trace or a setting we do not draw.
    """
    kind = str(trace.get("type"))
    if kind not in DRAWN:
        raise NotDrawable(f"trace {kind}")
    inner = [("marker", MARKER), ("line", LINE)]
    unknown = set(trace) - DRAWN[kind] - FOR_THE_MOUSE
    for part, known in inner:
        unknown |= {f"{part}.{key}" for key in set(trace.get(part) or {}) - known}
    if unknown:
        raise NotDrawable(f"{kind}: {', '.join(sorted(unknown))}")
    if (trace.get("line") or {}).get("shape") not in (None, "linear", "hv", "vh"):
        raise NotDrawable(f"line shape {trace['line']['shape']}")
    if trace.get("fill") not in (None, "none", "toself", "tozeroy", "tonexty"):
        raise NotDrawable(f"fill {trace['fill']}")


def scaled(value: float, low: float, high: float, scale: Sequence[Sequence[Any]]) -> Any:
    """The colour of a value on a scale of colours."""
    share = 0.0 if high == low else min(1.0, max(0.0, (value - low) / (high - low)))
    for (start, under), (end, over) in pairwise(scale):
        if share <= end:
            part = 0.0 if end == start else (share - start) / (end - start)
            pairs = zip(colour(under), colour(over), strict=True)
            return tuple(a + part * (b - a) for a, b in pairs)
    return colour(scale[-1][1])


# ------------------------------------------------------------------------- how far they reach


def learn(sheet: Sheet, trace: Mapping[str, Any]) -> None:
    """Let the axes take the categories of a trace."""
    across, down = sheet.pair(trace)
    across.learn(listed(trace.get("x")))
    down.learn(listed(trace.get("y")))


def reach(sheet: Sheet, trace: Mapping[str, Any], stacks: Mapping[int, list[Box]], at: int) -> None:
    """Let the axes stretch over a trace."""
    across, down = sheet.pair(trace)
    if trace["type"] == "bar":
        for left, low, right, high in stacks[at]:
            across.reach([left, right], is_padded=trace.get("orientation") == "h")
            down.reach([low, high], is_padded=trace.get("orientation") != "h")
            value = across if trace.get("orientation") == "h" else down
            # Bars that start at zero stand on the axis.
            value.is_padded_low = value.is_padded_low and value.low != 0
            value.is_padded_high = value.is_padded_high and value.high != 0
        return
    for axis, key in ((across, "x"), (down, "y")):
        placed = [axis.place(value) for value in listed(trace.get(key))]
        if trace["type"] == "heatmap":
            placed = [edge for at_ in placed if at_ is not None for edge in (at_ - 0.5, at_ + 0.5)]
            axis.reach(placed, is_padded=False)
        else:
            has_marks = "markers" in mode_of(trace) or axis is down or "text" in mode_of(trace)
            axis.reach(placed, is_padded=has_marks and not axis.is_category)


def mode_of(trace: Mapping[str, Any]) -> str:
    """What a scatter draws: the library's default depends on the number of points."""
    given = trace.get("mode")
    few = len(listed(trace.get("y"))) < 20
    return str(given) if given else "lines+markers" if few else "lines"


# ------------------------------------------------------------------------------------ scatter


def scatter(sheet: Sheet, trace: Mapping[str, Any], at: int) -> None:
    """Lines, areas, signs and words of one scatter."""
    across, down = sheet.pair(trace)
    points = [
        (across.pixel(x), down.pixel(y))
        for x, y in zip(listed(trace.get("x")), listed(trace.get("y")), strict=False)
    ]
    clip = None if trace.get("cliponaxis") is False else sheet.box(trace)
    base = COLOURWAY[at % len(COLOURWAY)]
    marker, line = trace.get("marker") or {}, trace.get("line") or {}
    first = marker.get("color")
    stroke = line.get("color") or (first if isinstance(first, str) else None) or base
    opacity = float(trace.get("opacity", 1.0))
    pieces = _pieces(points, joins=bool(trace.get("connectgaps")))
    _filled(sheet, trace, pieces, stroke, opacity)
    mode = mode_of(trace)
    if "lines" in mode:
        for piece in pieces:
            xs, ys = _stepped(piece, str(line.get("shape") or "linear"))
            sheet.painter.line(
                xs, ys, ink=stroke, width=float(line.get("width", 2)), dash=line.get("dash"),
                opacity=opacity, clip=sheet.box(trace),
            )  # fmt: skip
    _whiskers(sheet, trace, stroke)
    if "markers" in mode:
        _marks(sheet, trace, points, stroke, clip)
    if "text" in mode:
        _labels(sheet, trace, points, clip)
    sheet.previous = [point for piece in pieces for point in piece]


Point = tuple[float, float]


def _pieces(points: Sequence[tuple[Any, Any]], *, joins: bool) -> list[list[Point]]:
    """Points between gaps."""
    pieces: list[list[Point]] = [[]]
    for x, y in points:
        if x is None or y is None:
            if not joins:
                pieces.append([])
        else:
            pieces[-1].append((x, y))
    return [piece for piece in pieces if piece]


def _stepped(piece: list[Point], shape: str) -> tuple[list[float], list[float]]:
    xs, ys = [piece[0][0]], [piece[0][1]]
    for x, y in piece[1:]:
        if shape != "linear":
            xs.append(x if shape == "hv" else xs[-1])
            ys.append(ys[-1] if shape == "hv" else y)
        xs.append(x)
        ys.append(y)
    return xs, ys


def _filled(
    sheet: Sheet, trace: Mapping[str, Any], pieces: list[list[Point]], stroke: Any, opacity: float
) -> None:
    fill = trace.get("fill")
    if fill in (None, "none"):
        return
    ink = trace.get("fillcolor") or colour(stroke, 0.5)
    clip = sheet.box(trace)
    if fill == "toself":
        hatch = trace.get("fillpattern") or {}
        for piece in pieces:
            sheet.painter.area(
                piece, fill=hatch.get("bgcolor") or ink, opacity=opacity, clip=clip,
                pattern=str(hatch.get("shape") or ""), pattern_ink=hatch.get("fgcolor"),
            )  # fmt: skip
        return
    points = [point for piece in pieces for point in piece]
    if not points:
        return
    floor = sheet.pair(trace)[1].pixel(0) or clip[3]
    edge = sheet.previous if fill == "tonexty" and sheet.previous else [
        (points[0][0], floor), (points[-1][0], floor),
    ]  # fmt: skip
    sheet.painter.area([*points, *reversed(edge)], fill=ink, opacity=opacity, clip=clip)


def _whiskers(sheet: Sheet, trace: Mapping[str, Any], stroke: Any) -> None:
    """Bars of uncertainty on both sides of a point."""
    across, down = sheet.pair(trace)
    for key, axis in (("error_x", across), ("error_y", down)):
        given = trace.get(key) or {}
        if not given or given.get("visible") is False:
            continue
        over = listed(given.get("array"))
        under = listed(given.get("arrayminus")) or over
        pairs = zip(listed(trace.get("x")), listed(trace.get("y")), over, under, strict=False)
        for x, y, plus, minus in pairs:
            middle = axis.place(x if axis is across else y)
            other = (down if axis is across else across).pixel(y if axis is across else x)
            if middle is None or other is None or is_missing(plus) or is_missing(minus):
                continue
            ends = [axis.at(middle - float(minus)), axis.at(middle + float(plus))]
            pair = (ends, [other] * 2) if axis is across else ([other] * 2, ends)
            sheet.painter.line(
                *pair, ink=given.get("color") or stroke, width=float(given.get("thickness", 2)),
                clip=sheet.box(trace),
            )  # fmt: skip


def _shade(marker: Mapping[str, Any], at: int, base: Any) -> Any:
    """The colour of one sign; a number is looked up on the marker's scale of colours."""
    own = one(marker.get("color"), at, base)
    if isinstance(own, str) or own is None or isinstance(own, tuple):
        return own or base
    values = [v for v in (as_number(value) for value in listed(marker["color"])) if v is not None]
    low, high = marker.get("cmin", min(values)), marker.get("cmax", max(values))
    if "colorscale" not in marker:
        raise NotDrawable("numbers for colours without a scale")
    return scaled(float(own), float(low), float(high), marker["colorscale"])


def _marks(
    sheet: Sheet, trace: Mapping[str, Any], points: list[Any], base: Any, clip: Box | None
) -> None:
    marker = trace.get("marker") or {}
    edge = marker.get("line") or {}
    whole = float(trace.get("opacity", 1.0))
    for at, (x, y) in enumerate(points):
        if x is None or y is None:
            continue
        sheet.painter.mark(
            x, y, symbol=one(marker.get("symbol"), at, "circle"),
            size=float(one(marker.get("size"), at, 6)), ink=_shade(marker, at, base),
            edge=one(edge.get("color"), at), edge_width=float(one(edge.get("width"), at, 0) or 0),
            opacity=float(one(marker.get("opacity"), at, 1.0)) * whole, clip=clip,
        )  # fmt: skip


def _labels(sheet: Sheet, trace: Mapping[str, Any], points: list[Any], clip: Box | None) -> None:
    font = merged(sheet.font, trace.get("textfont") or {})
    if trace.get("texttemplate") not in (None, "", "%{text}"):
        raise NotDrawable(f"text template {trace['texttemplate']}")
    marker = trace.get("marker") or {}
    for at, (x, y) in enumerate(points):
        word = one(trace.get("text"), at, "")
        if x is None or y is None or is_missing(word) or not str(word):
            continue
        where = str(one(trace.get("textposition"), at, "middle center"))
        down, side = where.split()
        away = (float(one(marker.get("size"), at, 6)) / 2 + 3) if "markers" in mode_of(trace) else 0
        dx = {"left": -away, "right": away}.get(side, 0.0)
        dy = {"top": -away, "bottom": away}.get(down, 0.0)
        sheet.painter.text(
            x + dx, y + dy, str(word), size=float(one(font.get("size"), at, 12)),
            ink=one(font.get("color"), at, TEXT_INK),
            xanchor={"left": "right", "right": "left"}.get(side, "center"),
            yanchor={"top": "bottom", "bottom": "top"}.get(down, "middle"), clip=clip,
            is_bold=str(font.get("weight")) in ("bold", "600", "700"),
        )  # fmt: skip


# --------------------------------------------------------------------------------------- bars


def bar_boxes(sheet: Sheet, traces: Sequence[Mapping[str, Any]]) -> dict[int, list[Box]]:
    """Every bar on the scales of its axes, by number of its trace: left, low, right, high.

    Raises:
        NotDrawable: a way of placing bars side by side that we do not draw.
    """
    mode = str(sheet.layout.get("barmode") or "group")
    if mode not in ("group", "overlay", "stack", "relative"):
        raise NotDrawable(f"barmode {mode}")
    bars = [at for at, trace in enumerate(traces) if trace["type"] == "bar"]
    gap = float(sheet.layout.get("bargap", 0.2))
    lane = (1 - gap) / (len(bars) if mode == "group" else 1) if bars else 1.0
    heaps: dict[tuple[str, float, bool], float] = {}
    found: dict[int, list[Box]] = {}
    for order, at in enumerate(bars):
        trace = traces[at]
        start = -(1 - gap) / 2 + (order * lane if mode == "group" else 0.0)
        found[at] = _boxes(
            sheet, trace, (start, lane), heaps if mode in ("stack", "relative") else None
        )
    return found


def _boxes(
    sheet: Sheet, trace: Mapping[str, Any], lane: tuple[float, float],
    heaps: dict[tuple[str, float, bool], float] | None,
) -> list[Box]:  # fmt: skip
    across, down = sheet.pair(trace)
    lies = trace.get("orientation") == "h"
    value_axis, label_axis = (across, down) if lies else (down, across)
    labels = listed(trace.get("y" if lies else "x"))
    values = listed(trace.get("x" if lies else "y"))
    boxes: list[Box] = []
    for at, (label, value) in enumerate(zip(labels, values, strict=False)):
        place, length = label_axis.place(label), as_number(value)
        if place is None or length is None:
            boxes.append((float("nan"),) * 4)
            continue
        base = value_axis.place(one(trace.get("base"), at, 0.0)) or 0.0
        if heaps is not None:
            key = (value_axis.name, place, length >= 0)
            base = heaps.get(key, 0.0)
            heaps[key] = base + length
        width = float(one(trace.get("width"), at, lane[1]))
        offset = one(trace.get("offset"), at)
        start = place + (float(offset) if offset is not None else
                         -width / 2 if trace.get("width") is not None else lane[0])  # fmt: skip
        ends = (base, base + length)
        box = (*ends, start, start + width) if lies else (start, start + width, *ends)
        boxes.append((box[0], box[2], box[1], box[3]))
    return boxes


def bar(sheet: Sheet, trace: Mapping[str, Any], at: int, boxes: list[Box]) -> None:
    """The bars of one trace, with their words."""
    across, down = sheet.pair(trace)
    marker, clip = trace.get("marker") or {}, sheet.box(trace)
    pattern, edge = marker.get("pattern") or {}, marker.get("line") or {}
    base = COLOURWAY[at % len(COLOURWAY)]
    whole = float(trace.get("opacity", 1.0))
    for number, (left, low, right, high) in enumerate(boxes):
        if left != left:
            continue
        x0, x1 = sorted((across.at(left), across.at(right)))
        y0, y1 = sorted((down.at(low), down.at(high)))
        sheet.painter.bar(
            (x0, y0, x1, y1), fill=_shade(marker, number, base),
            opacity=float(one(marker.get("opacity"), number, 1.0)) * whole,
            pattern=str(one(pattern.get("shape"), number, "") or ""),
            ink=one(edge.get("color"), number, "#444"),
            width=float(one(edge.get("width"), number, 0) or 0),
            clip=None if trace.get("cliponaxis") is False else clip,
        )  # fmt: skip
        _bar_words(sheet, trace, number, (x0, y0, x1, y1), is_forward=_is_forward(trace, number))


def _is_forward(trace: Mapping[str, Any], number: int) -> bool:
    values = listed(trace.get("x" if trace.get("orientation") == "h" else "y"))
    return (as_number(values[number]) or 0.0) >= 0


def _bar_words(
    sheet: Sheet, trace: Mapping[str, Any], number: int, box: Box, *, is_forward: bool
) -> None:
    word = one(trace.get("text"), number, "")
    where = str(one(trace.get("textposition"), number, "auto"))
    if is_missing(word) or not str(word) or where == "none":
        return
    font = merged(sheet.font, trace.get("textfont") or {})
    size = float(one(font.get("size"), number, 12))
    x0, y0, x1, y1 = box
    lies, axes = trace.get("orientation") == "h", sheet.pair(trace)
    toward = axes[0] if lies else axes[1]
    turned = (toward.end - toward.start) * (toward.last - toward.first) < 0
    ahead = is_forward != turned
    if where == "outside":
        spot = ((x1 + 4 if ahead else x0 - 4), (y0 + y1) / 2) if lies else (
            (x0 + x1) / 2, (y1 + 2 if ahead else y0 - 2))  # fmt: skip
        anchors = ("left" if ahead else "right", "middle") if lies else (
            "center", "top" if ahead else "bottom")  # fmt: skip
        ink = one(font.get("color"), number, TEXT_INK)
    else:
        spot, anchors = ((x0 + x1) / 2, (y0 + y1) / 2), ("center", "middle")
        ink = one((trace.get("textfont") or {}).get("color"), number, "#FFFFFF")
    sheet.painter.text(*spot, str(word), size=size, ink=ink, xanchor=anchors[0], yanchor=anchors[1])


# -------------------------------------------------------------------------------------- cells


def heatmap(sheet: Sheet, trace: Mapping[str, Any], at: int) -> None:  # noqa: ARG001
    """The cells of one heat map, with their words and the scale of colours beside."""
    across, down = sheet.pair(trace)
    rows = [listed(row) for row in listed(trace.get("z"))]
    xs, ys = listed(trace.get("x")), listed(trace.get("y"))
    known = [v for row in rows for v in map(as_number, row) if v is not None]
    if not known:
        return
    low, high = float(trace.get("zmin", min(known))), float(trace.get("zmax", max(known)))
    scale = [list(step) for step in trace.get("colorscale") or ()]
    if not scale:
        raise NotDrawable("heatmap without a scale of colours")
    if trace.get("reversescale"):
        scale = [[1 - share, shade] for share, shade in reversed(scale)]
    gaps = float(trace.get("xgap", 0)) / 2, float(trace.get("ygap", 0)) / 2
    for j, row in enumerate(rows):
        for i, value in enumerate(row):
            number = as_number(value)
            x, y = across.place(xs[i] if xs else i), down.place(ys[j] if ys else j)
            if x is None or y is None:
                continue
            left, right = sorted((across.at(x - 0.5), across.at(x + 0.5)))
            top, bottom = sorted((down.at(y - 0.5), down.at(y + 0.5)))
            cell = (left + gaps[0], top + gaps[1], right - gaps[0], bottom - gaps[1])
            if number is not None:
                shade = scaled(number, low, high, scale)
                sheet.painter.bar(cell, fill=shade, clip=sheet.box(trace))
                _cell_words(sheet, trace, (j, i), cell, shade)
    if trace.get("showscale") is not False:
        _scale(sheet, trace, (low, high), scale)


def _cell_words(
    sheet: Sheet, trace: Mapping[str, Any], at: tuple[int, int], cell: Box, shade: Any
) -> None:
    template = trace.get("texttemplate")
    if not template:
        return
    if template != "%{text}":
        raise NotDrawable(f"text template {template}")
    word = one(one(trace.get("text"), at[0]), at[1], "")
    if is_missing(word) or not str(word):
        return
    font = trace.get("textfont") or {}
    # Dark letters on light cells and the other way round, as the library chooses them.
    light = sum(part * weight for part, weight in zip(shade, (0.299, 0.587, 0.114), strict=False))
    ink = font.get("color") or ("#444444" if light > 0.5 else "#FFFFFF")
    sheet.painter.text(
        (cell[0] + cell[2]) / 2, (cell[1] + cell[3]) / 2, str(word),
        size=float(font.get("size", 12)), ink=ink, xanchor="center", yanchor="middle",
    )  # fmt: skip


def _scale(
    sheet: Sheet, trace: Mapping[str, Any], ends: tuple[float, float], scale: list[list[Any]]
) -> None:
    """The colours from the lowest to the highest value, right of the cells."""
    if set(trace.get("colorbar") or {}) - {"title", "tickvals", "ticktext", "len", "thickness",
                                           "outlinewidth", "tickfont", "x", "y"}:  # fmt: skip
        raise NotDrawable("colorbar")
    bar_, (_, top, right, bottom) = trace.get("colorbar") or {}, sheet.box(trace)
    steps, low, high = 60, *ends
    left, tall = right + 10, bottom - top
    for step in range(steps):
        shade = scaled(step / (steps - 1), 0, 1, scale)
        at = bottom - tall * (step + 1) / steps
        sheet.painter.bar((left, at, left + 12, at + tall / steps + 0.5), fill=shade)
    values = listed(bar_.get("tickvals")) or [low, high]
    words = listed(bar_.get("ticktext")) or [f"{value:g}" for value in values]
    for value, word in zip(values, words, strict=False):
        y = bottom - tall * (float(value) - low) / ((high - low) or 1)
        sheet.painter.text(
            left + 16, y, str(word), size=11, ink=sheet.font.get("color", TEXT_INK),
            yanchor="middle",
        )  # fmt: skip


PAINTED: dict[str, Callable[[Sheet, Mapping[str, Any], int], None]] = {
    "scatter": scatter,
    "heatmap": heatmap,
}
