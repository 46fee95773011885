"""A chart as a file for print: PNG or SVG drawn without a browser and without network.

Our own figures are drawn a second time with matplotlib. Only what the house uses is known; a
trace, shape or setting beyond that raises, so that nothing is left out of a picture in silence.
See docs/decisions/0019.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any, Literal

import plotly.graph_objects as go
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG

from charts import still_traces
from charts.still_axes import Axis, merged
from charts.still_notes import Frame, note, shape
from charts.still_paint import PIXELS_PER_INCH, Painter
from charts.still_text import NotDrawable, extent, plain, refilled
from charts.still_traces import Sheet

Format = Literal["png", "svg"]
MM_PER_INCH = 25.4
LAYOUT = {
    "annotations", "autosize", "bargap", "bargroupgap", "barmode", "clickmode", "colorway",
    "dragmode", "font", "height", "hoverlabel", "hovermode", "legend", "margin", "meta", "modebar",
    "paper_bgcolor", "plot_bgcolor", "separators", "shapes", "showlegend", "template", "title",
    "transition", "uirevision", "width",
}  # fmt: skip
HEAD, FOOT = {"title", "key"}, {"source"}
INK, GRID = "#2a3f5f", "#FFFFFF"
EDGE = 6.0
LEAST_HEIGHT = 120.0
# The same figure must give the same bytes: matplotlib would put a random mark into every SVG.
rcParams["svg.hashsalt"] = "still"


def still(
    figure: go.Figure,
    *,
    format: Format,  # noqa: A002
    width_mm: float = 160,
    height_mm: float | None = None,
    dpi: int = 300,
) -> bytes:
    """A figure as the bytes of a picture.

    Letters are outlines, so that the picture looks the same where our typeface is not installed.
    The same figure gives the same bytes.

    Args:
        figure: one of our charts.
        format: png or svg.
        width_mm: width on paper [mm].
        height_mm: height on paper [mm]; what the figure itself asks for when absent.
        dpi: pixels of the PNG per inch.

    Raises:
        NotDrawable: a trace, shape or setting that the still does not know.
    """
    if format not in ("png", "svg"):
        raise NotDrawable(f"format {format}")
    width = width_mm / MM_PER_INCH * PIXELS_PER_INCH
    height = None if height_mm is None else height_mm / MM_PER_INCH * PIXELS_PER_INCH
    painter = _painted(figure, width, height)
    target = io.BytesIO()
    title = titled(figure)
    if format == "png":
        FigureCanvasAgg(painter.figure)
        about = {"Title": title, "Software": None}
        painter.figure.savefig(target, format="png", dpi=dpi, metadata=about)
    else:
        FigureCanvasSVG(painter.figure)
        about = {"Title": title, "Date": None, "Creator": None}
        painter.figure.savefig(target, format="svg", metadata=about)
    return target.getvalue()


def titled(figure: go.Figure) -> str:
    """The finding that stands above a figure, without markup; empty where there is none."""
    return _named(figure, "title") or plain(str(figure.layout.title.text or ""))


def sourced(figure: go.Figure) -> str:
    """The source line that stands below a figure, without markup; empty where there is none."""
    return _named(figure, "source")


def _named(figure: go.Figure, name: str) -> str:
    found = [one.text for one in figure.layout.annotations if one.name == name]
    return plain(found[0]) if found else ""


def _painted(figure: go.Figure, width: float, height: float | None) -> Painter:
    layout = figure.layout.to_plotly_json()
    traces = [
        merged({"type": trace.type}, trace.to_plotly_json())
        for trace in figure.data if trace.visible in (None, True)
    ]  # fmt: skip
    _check(layout, traces)
    font = merged({"size": 12, "color": INK}, layout.get("font") or {})
    frame = _framed(layout, width, height, font)
    painter = Painter(width, frame.height)
    sheet = Sheet(painter, _axes(figure, layout, traces), font, layout)
    for trace in traces:
        still_traces.learn(sheet, trace)
    boxes = still_traces.bar_boxes(sheet, traces)
    for at, trace in enumerate(traces):
        still_traces.reach(sheet, trace, boxes, at)
    for axis in sheet.axes.values():
        axis.settle()
    _placed(sheet, frame)
    _drawn(sheet, frame, traces, boxes)
    return painter


def _check(layout: Mapping[str, Any], traces: list[dict[str, Any]]) -> None:
    axes = {key for key in layout if key.startswith(("xaxis", "yaxis"))}
    unknown = set(layout) - axes - LAYOUT
    if unknown:
        raise NotDrawable(f"layout: {', '.join(sorted(unknown))}")
    for trace in traces:
        still_traces.check(trace)
    named = [trace for trace in traces if trace.get("showlegend") is not False]
    if layout.get("showlegend") or (layout.get("showlegend") is None and len(named) > 1):
        raise NotDrawable("legend: name the marks in the key instead")


def _framed(
    layout: Mapping[str, Any], width: float, height: float | None, font: Mapping[str, Any]
) -> Frame:
    """Head and foot refilled to the width of the paper; the plot keeps the height it asked for."""
    margin = merged({"l": 80, "r": 80, "t": 100, "b": 80}, layout.get("margin") or {})
    notes = [dict(one) for one in layout.get("annotations") or ()]
    above, below = 0.0, 0.0
    for one in notes:
        if one.get("name") not in ("title", "source"):
            continue
        size = float((one.get("font") or {}).get("size") or font["size"])
        is_title = one["name"] == "title"
        lines = refilled(plain(one["text"]), size, width - 2 * EDGE, is_bold=is_title)
        was = extent(one["text"], size)[1]
        one["lines"], saved = lines, was - extent("<br>".join(map(_safe, lines)), size)[1]
        above, below = (above + saved, below) if is_title else (above, below + saved)
    top, bottom = float(margin["t"]) - above, float(margin["b"]) - below
    asked = float(layout.get("height") or 450) - margin["t"] - margin["b"]
    tall = asked + top + bottom if height is None else max(height, top + bottom + LEAST_HEIGHT)
    return Frame(
        width=width, height=tall, left=float(margin["l"]), right=width - float(margin["r"]),
        top=top, bottom=tall - bottom, notes=notes, shapes=list(layout.get("shapes") or ()),
        font=font,
    )  # fmt: skip


def _safe(line: str) -> str:
    return line.replace("&", "&amp;").replace("<", "&lt;")


def _axes(
    figure: go.Figure, layout: Mapping[str, Any], traces: list[dict[str, Any]]
) -> dict[str, Axis]:
    """Every axis that is set or drawn on, with the template's settings below its own."""
    names = {key.replace("axis", "") for key in layout if key.startswith(("xaxis", "yaxis"))}
    names |= {"x", "y"}
    for trace in traces:
        names |= {str(trace.get("xaxis") or "x"), str(trace.get("yaxis") or "y")}
    template = figure.layout.template.layout if figure.layout.template else None
    axes = {}
    for name in sorted(names):
        key = f"{name[0]}axis{name[1:]}"
        below = getattr(template, f"{name[0]}axis").to_plotly_json() if template else {}
        own = layout.get(key) or {}
        axes[name] = Axis(name, merged(below, own))
    return axes


def _placed(sheet: Sheet, frame: Frame) -> None:
    """Give every axis its pixels; labels wider than the margin push the plot aside."""
    for axis in sheet.axes.values():
        if axis.is_across or not axis.has_labels or axis.given.get("side") == "right":
            continue
        size = float((axis.given.get("tickfont") or {}).get("size") or frame.font["size"])
        separators = str(sheet.layout.get("separators") or ".,")
        ticks = axis.ticks(frame.bottom - frame.top, separators)
        wide = max((extent(word, size)[0] for _, word in ticks), default=0.0)
        title = 1.6 * frame.font["size"] if (axis.given.get("title") or {}).get("text") else 0.0
        frame.left = max(frame.left, wide + title + 14)
    for axis in sheet.axes.values():
        over = sheet.axes.get(str(axis.given.get("overlaying") or ""), axis)
        low, high = axis.given.get("domain") or over.given.get("domain") or (0, 1)
        if axis.is_across:
            span = frame.right - frame.left
            axis.start, axis.end = frame.left + low * span, frame.left + high * span
        else:
            span = frame.bottom - frame.top
            axis.start, axis.end = frame.bottom - low * span, frame.bottom - high * span
    for axis in sheet.axes.values():
        other = sheet.axes.get(str(axis.given.get("scaleanchor") or ""))
        if other is not None:
            ratio = float(axis.given.get("scaleratio", 1))
            unit = min(axis.pixels_per_unit / ratio, other.pixels_per_unit)
            axis.widen(unit * ratio)
            other.widen(unit)


def _drawn(sheet: Sheet, frame: Frame, traces: list[dict[str, Any]], boxes: dict[int, Any]) -> None:
    box = (frame.left, frame.top, frame.right, frame.bottom)
    sheet.painter.bar(box, fill=sheet.layout.get("plot_bgcolor") or "transparent")
    for one in frame.shapes:
        if one.get("layer") == "below":
            shape(sheet, frame, one)
    for axis in sheet.axes.values():
        _grid(sheet, frame, axis)
    for at, trace in enumerate(traces):
        if trace["type"] == "bar":
            still_traces.bar(sheet, trace, at, boxes[at])
        else:
            still_traces.PAINTED[trace["type"]](sheet, trace, at)
    for axis in sheet.axes.values():
        _labels(sheet, frame, axis)
    for one in frame.shapes:
        if one.get("layer") != "below":
            shape(sheet, frame, one)
    _notes(sheet, frame)


def _grid(sheet: Sheet, frame: Frame, axis: Axis) -> None:
    given = axis.given
    if not axis.is_visible or given.get("overlaying"):
        return
    length = abs(axis.end - axis.start)
    other = sheet.axes.get(str(given.get("anchor") or ("y" if axis.is_across else "x")))
    ends = (other.start, other.end) if other else (
        (frame.bottom, frame.top) if axis.is_across else (frame.left, frame.right))  # fmt: skip
    lines = []
    if given.get("showgrid") is not False:
        for at, _ in axis.ticks(length, ".,"):
            lines.append((at, given.get("gridcolor") or GRID, given.get("gridwidth", 1),
                          given.get("griddash")))  # fmt: skip
    low, high = sorted((axis.first, axis.last))
    if given.get("zeroline") is not False and not axis.is_category and low <= 0 <= high:
        lines.append((0.0, given.get("zerolinecolor") or GRID, given.get("zerolinewidth", 1), None))
    for at, ink, width, dash in lines:
        spot = [axis.at(at)] * 2
        pair = (spot, ends) if axis.is_across else (ends, spot)
        sheet.painter.line(*pair, ink=ink, width=float(width), dash=dash)


def _labels(sheet: Sheet, frame: Frame, axis: Axis) -> None:
    """The line of an axis, its ticks in words, and its title."""
    if not axis.is_visible:
        return
    other = sheet.axes.get(str(axis.given.get("anchor") or ("y" if axis.is_across else "x")))
    edge = (other.start if other else frame.bottom) if axis.is_across else (
        other.start if other else frame.left)  # fmt: skip
    far = other.end if other else frame.right
    at_far = axis.given.get("side") in ("top", "right")
    edge = far if at_far else edge
    if axis.given.get("showline"):
        pair = ([axis.start, axis.end], [edge] * 2)
        ink, width = axis.given.get("linecolor") or "#444", axis.given.get("linewidth", 1)
        sheet.painter.line(*(pair if axis.is_across else pair[::-1]), ink=ink, width=float(width))
    font = merged(frame.font, axis.given.get("tickfont") or {})
    size, ink = float(font["size"]), font["color"]
    separators = str(sheet.layout.get("separators") or ".,")
    ticks = axis.ticks(abs(axis.end - axis.start), separators) if axis.has_labels else []
    if axis.is_across and axis.is_category:
        room = abs(axis.end - axis.start) / max(1, len(axis.categories)) - 4
        ticks = [(at, _fitted(word, size, room)) for at, word in ticks]
    deepest = max((extent(word, size)[1] for _, word in ticks), default=0.0)
    sign = -1 if at_far else 1
    turn = float(axis.given.get("tickangle") or 0)
    for at, word in ticks:
        spot = axis.at(at)
        if axis.is_across:
            sheet.painter.text(
                spot, edge + sign * 4, word, size=size, ink=ink, angle=turn,
                xanchor="center" if not turn else "right" if turn < 0 else "left",
                yanchor="bottom" if at_far else "top",
            )  # fmt: skip
        else:
            sheet.painter.text(
                edge - sign * 6, spot, word, size=size, ink=ink,
                xanchor="left" if at_far else "right", yanchor="middle",
            )  # fmt: skip
    _axis_title(sheet, frame, axis, edge + sign * (4 + deepest if axis.is_across else 0))


def _fitted(word: str, size: float, room: float) -> str:
    """A label broken where it would run into the next one."""
    if extent(word, size)[0] <= room or "<" in word:
        return word
    return "<br>".join(map(_safe, refilled(plain(word), size, room)))


def _axis_title(sheet: Sheet, frame: Frame, axis: Axis, edge: float) -> None:
    title = axis.given.get("title") or {}
    if not title.get("text"):
        return
    font = merged(frame.font, title.get("font") or {})
    middle = (axis.start + axis.end) / 2
    where = {"size": float(font["size"]), "ink": font["color"], "xanchor": "center"}
    if axis.is_across:
        above = axis.given.get("side") == "top"
        sheet.painter.text(
            middle, edge, title["text"], yanchor="bottom" if above else "top", **where
        )
    else:
        is_right = axis.given.get("side") == "right"
        across = frame.width - EDGE if is_right else EDGE
        sheet.painter.text(
            across,
            middle,
            title["text"],
            yanchor="bottom" if is_right else "top",
            angle=-90,
            **where,
        )


def _notes(sheet: Sheet, frame: Frame) -> None:
    """Head and foot from the edge of the paper, everything else where it points to."""
    down = EDGE
    title = (sheet.layout.get("title") or {}).get("text")
    if title:
        sheet.painter.text(EDGE, down, title, size=17, ink=frame.font["color"], is_bold=True)
    for one in frame.notes:
        font = merged(frame.font, one.get("font") or {})
        size = float(font["size"])
        name = one.get("name")
        if name in HEAD | FOOT and one.get("xref") == "paper":
            is_title = name == "title"
            lines = one.get("lines")
            words = "<br>".join(map(_safe, lines)) if lines is not None else one["text"]
            tall = extent(words, size)[1]
            spot = down if name in HEAD else frame.height - EDGE - tall
            sheet.painter.text(EDGE, spot, words, size=size, ink=font["color"], is_bold=is_title)
            down += tall + 2 if name in HEAD else 0
        else:
            note(sheet, frame, one, font)
