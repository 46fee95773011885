"""Strokes on a still picture: pixels from the top left corner, as on the screen."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import Any

from matplotlib.artist import Artist
from matplotlib.colors import is_color_like, to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox

from charts.still_text import LINE_SPACING, POINTS, NotDrawable, extent, read, run_width, typeface

PIXELS_PER_INCH = 96
# The library's symbols: matplotlib's sign and how much larger or smaller it must be.
SYMBOLS: dict[str, tuple[Any, float]] = {
    "circle": ("o", 1.0), "square": ("s", 1.0), "diamond": ("D", 0.92), "x": ("X", 1.05),
    "cross": ("P", 1.05), "triangle-up": ("^", 1.05), "triangle-down": ("v", 1.05),
    "triangle-left": ("<", 1.05), "triangle-right": (">", 1.05), "star": ("*", 1.35),
    "hexagon": ("h", 1.05), "hexagon2": ("H", 1.05), "pentagon": ("p", 1.05),
    "octagon": ("8", 1.0), "line-ns": ("|", 1.0), "line-ew": ("_", 1.0), "x-thin": ("x", 0.9),
    "cross-thin": ("+", 1.0), "diamond-tall": ("d", 1.2), "star-diamond": ("d", 1.2),
}  # fmt: skip
STROKES = {"line-ns", "line-ew", "x-thin", "cross-thin"}
HATCHES = {"": "", "/": "////", "\\": "\\\\\\\\", "x": "xxx", "-": "---", "|": "|||",
           "+": "+++", ".": "..."}  # fmt: skip
DASHES = {"dot": (1, 1), "dash": (3, 3), "longdash": (5, 5), "dashdot": (3, 1, 1, 1),
          "longdashdot": (5, 2, 1, 2)}  # fmt: skip
Box = tuple[float, float, float, float]


def colour(text: Any, opacity: float = 1.0) -> tuple[float, float, float, float]:
    """A colour as red, green, blue and opacity.

    Raises:
        NotDrawable: no colour we know.
    """
    found = re.fullmatch(r"rgba?\(([^)]*)\)", str(text).strip())
    if found:
        parts = [float(part) for part in found[1].split(",")]
        red, green, blue = (part / 255 for part in parts[:3])
        return red, green, blue, (parts[3] if len(parts) > 3 else 1.0) * opacity
    if str(text) == "transparent":
        return 0.0, 0.0, 0.0, 0.0
    if not is_color_like(text):
        raise NotDrawable(f"colour {text}")
    red, green, blue, own = to_rgba(text)
    return red, green, blue, own * opacity


def dashes(dash: Any, width: float) -> Any:
    """A dash of the library as matplotlib has it, which counts in widths of the line.

    Raises:
        NotDrawable: no dash we know.
    """
    if dash in (None, "solid", ""):
        return "solid"
    if dash in DASHES:
        unit = max(width, 3.0)
        lengths = [part * unit for part in DASHES[dash]]
    else:
        lengths = [float(part) for part in re.findall(r"([\d.]+)\s*(?:px)?", str(dash))]
        if not lengths or re.sub(r"[\d.,px\s]", "", str(dash)):
            raise NotDrawable(f"dash {dash}")
    lengths = lengths if len(lengths) % 2 == 0 else lengths * 2
    return (0, [length / (width or 1.0) for length in lengths])


class Painter:
    """A sheet of so many pixels; later strokes cover earlier ones."""

    def __init__(self, width: float, height: float) -> None:
        self.width, self.height = width, height
        size = (width / PIXELS_PER_INCH, height / PIXELS_PER_INCH)
        self.figure = Figure(figsize=size, facecolor="white")
        flipped = Affine2D().scale(1, -1).translate(0, height).scale(1 / PIXELS_PER_INCH)
        self.pixels = flipped + self.figure.dpi_scale_trans
        self._order = 1.0

    def _add(self, artist: Artist, clip: Box | None) -> None:
        self._order += 1
        artist.set_zorder(self._order)
        artist.set_transform(self.pixels)
        self.figure.add_artist(artist)
        # matplotlib draws no letter under a box that reaches beyond the paper.
        artist.set_clip_on(clip is not None)
        if clip is not None:
            left, top, right, bottom = clip
            # Its sides in rising order: a box upside down is empty in SVG.
            artist.set_clip_box(TransformedBbox(Bbox([[left, top], [right, bottom]]), self.pixels))

    def line(
        self, across: Sequence[float], down: Sequence[float], *, ink: Any, width: float,
        dash: Any = None, opacity: float = 1.0, clip: Box | None = None,
    ) -> None:  # fmt: skip
        """A line through points."""
        if width <= 0 or len(across) < 2:
            return
        stroke = Line2D(
            across, down, color=colour(ink, opacity), linewidth=width * POINTS,
            linestyle=dashes(dash, width), solid_capstyle="butt", dash_capstyle="butt",
            solid_joinstyle="round",
        )  # fmt: skip
        self._add(stroke, clip)

    def area(
        self, points: Sequence[tuple[float, float]], *, fill: Any, opacity: float = 1.0,
        ink: Any = None, width: float = 0.0, dash: Any = None, clip: Box | None = None,
        pattern: str = "", pattern_ink: Any = None,
    ) -> None:  # fmt: skip
        """A filled shape, with an edge where it has a width; hatched where it has a pattern.

        Raises:
            NotDrawable: a pattern we do not know.
        """
        if pattern not in HATCHES:
            raise NotDrawable(f"pattern {pattern}")
        if len(points) < 3:
            return
        patch = Polygon(
            points, closed=True, facecolor=colour(fill, opacity),
            edgecolor=colour(ink, opacity) if width and ink else "none",
            linewidth=width * POINTS, linestyle=dashes(dash, width),
        )  # fmt: skip
        if pattern:
            patch.set_hatch(HATCHES[pattern])
            patch.set_edgecolor(colour(pattern_ink or ink, opacity))
        self._add(patch, clip)

    def bar(
        self, box: Box, *, fill: Any, opacity: float = 1.0, pattern: str = "", ink: Any = None,
        width: float = 0.0, clip: Box | None = None,
    ) -> None:  # fmt: skip
        """A rectangle; with a pattern it is hatched in its colour on white.

        Raises:
            NotDrawable: a pattern we do not know.
        """
        if pattern not in HATCHES:
            raise NotDrawable(f"pattern {pattern}")
        left, top, right, bottom = box
        shade = colour(fill, opacity)
        patch = Rectangle(
            (left, top), right - left, bottom - top, linewidth=width * POINTS,
            facecolor="none" if pattern else shade,
            edgecolor=shade if pattern else colour(ink, opacity) if width and ink else "none",
        )  # fmt: skip
        if pattern:
            patch.set_hatch(HATCHES[pattern])
            patch.set_linewidth(0.8)
        self._add(patch, clip)

    def mark(
        self, across: float, down: float, *, symbol: Any, size: float, ink: Any,
        edge: Any = None, edge_width: float = 0.0, opacity: float = 1.0, clip: Box | None = None,
    ) -> None:  # fmt: skip
        """A sign at a point.

        Raises:
            NotDrawable: a symbol we do not know.
        """
        name = str(symbol)
        is_open = name.endswith("-open")
        name = name.removesuffix("-open")
        if name not in SYMBOLS:
            raise NotDrawable(f"symbol {symbol}")
        sign, scale = SYMBOLS[name]
        is_hollow = is_open or name in STROKES
        # The library draws an open sign's edge in the colour of the sign itself.
        rim = ink if is_open else edge if edge is not None else ink
        thick = edge_width or (1.0 if is_hollow else 0.0)
        shown = Line2D(
            [across], [down], marker=sign, linestyle="none", markersize=size * scale * POINTS,
            markerfacecolor="none" if is_hollow else colour(ink, opacity),
            markeredgecolor=colour(rim, opacity) if thick else "none",
            markeredgewidth=thick * POINTS,
        )  # fmt: skip
        self._add(shown, clip)

    def text(
        self, across: float, down: float, markup: str, *, size: float, ink: Any,
        xanchor: str = "left", yanchor: str = "top", align: str = "", angle: float = 0.0,
        is_bold: bool = False, opacity: float = 1.0, clip: Box | None = None,
    ) -> None:  # fmt: skip
        """A text of one or more lines whose named corner or middle stands at a point."""
        width, height = extent(markup, size, is_bold=is_bold)
        left = {"left": 0.0, "center": -width / 2, "right": -width}[xanchor]
        top = {"top": 0.0, "middle": -height / 2, "bottom": -height}[yanchor]
        turn = math.radians(angle)
        for number, line in enumerate(read(markup)):
            wide = sum(run_width(run, size, is_bold=is_bold) for run in line)
            spare = {"left": 0.0, "center": 0.5, "right": 1.0}[align or xanchor] * (width - wide)
            x, y = left + spare, top + (number + 0.5) * LINE_SPACING * size + 0.36 * size
            for run in line:
                face = typeface(
                    (run.size or size) * POINTS, is_bold=run.is_bold or is_bold,
                    is_italic=run.is_italic,
                )  # fmt: skip
                shown = Text(
                    across + x * math.cos(turn) - y * math.sin(turn),
                    down + x * math.sin(turn) + y * math.cos(turn),
                    run.text, fontproperties=face, color=colour(run.colour or ink, opacity),
                    ha="left", va="baseline", rotation=-angle, rotation_mode="anchor",
                    parse_math=False,
                )  # fmt: skip
                self._add(shown, clip)
                x += run_width(run, size, is_bold=is_bold)
