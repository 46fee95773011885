"""Text of a still picture: the library's markup read, measured and set in our own typeface.

The typeface is read from static/fonts/; signs it lacks come from DejaVu Sans, which ships with
matplotlib, so that no picture depends on what a machine has installed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from html.parser import HTMLParser
from pathlib import Path
from threading import Lock

from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.textpath import text_to_path

FOLDER = Path(__file__).resolve().parents[1] / "static" / "fonts"
FILES = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-Bold.ttf", "BeVietnamPro-Italic.ttf")
FAMILIES = ["Be Vietnam Pro", "DejaVu Sans"]
# Points in a pixel of the screen, which is a ninety-sixth of an inch.
POINTS = 0.75
LINE_SPACING = 1.3
BREAK, MARKS = "br", {"b", "i", "span", "br", "em", "strong"}
_fonts = Lock()


class NotDrawable(ValueError):
    """A picture asks for something the still cannot show; it is refused rather than left out."""


@dataclass(frozen=True)
class Run:
    """A stretch of text of one look; colour and size None are those of the text it stands in."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    colour: str | None = None
    size: float | None = None


@dataclass
class _Reader(HTMLParser):
    lines: list[list[Run]] = field(default_factory=lambda: [[]])
    looks: list[Run] = field(default_factory=lambda: [Run("")])

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in MARKS:
            raise NotDrawable(f"text markup <{tag}>")
        if tag == BREAK:
            self.lines.append([])
            return
        style = dict(attrs).get("style") or ""
        look = self.looks[-1]
        colour, size = re.search(r"color:\s*([^;]+)", style), re.search(r"size:\s*([\d.]+)", style)
        self.looks.append(
            replace(
                look,
                is_bold=look.is_bold or tag in ("b", "strong"),
                is_italic=look.is_italic or tag in ("i", "em"),
                colour=colour[1].strip() if colour else look.colour,
                size=float(size[1]) if size else look.size,
            )
        )

    def handle_endtag(self, tag: str) -> None:
        if tag != BREAK and len(self.looks) > 1:
            self.looks.pop()

    def handle_data(self, data: str) -> None:
        for at, line in enumerate(data.split("\n")):
            if at:
                self.lines.append([])
            if line:
                self.lines[-1].append(replace(self.looks[-1], text=line))


@lru_cache(maxsize=2048)
def read(markup: str) -> tuple[tuple[Run, ...], ...]:
    """Lines of a text, each a row of runs.

    Raises:
        NotDrawable: markup other than bold, italic, colour, size and line break.
    """
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return tuple(tuple(line) for line in reader.lines)


def plain(markup: str) -> str:
    """A text without its markup, lines joined by blanks."""
    return " ".join("".join(run.text for run in line) for line in read(markup)).strip()


@cache
def _register() -> None:
    for name in FILES:
        fontManager.addfont(FOLDER / name)


@lru_cache(maxsize=64)
def typeface(size: float, *, is_bold: bool = False, is_italic: bool = False) -> FontProperties:
    """Our typeface in a size [points], with the fallback for signs it lacks."""
    with _fonts:
        _register()
    return FontProperties(
        family=FAMILIES,
        size=size,
        weight="bold" if is_bold else "normal",
        style="italic" if is_italic else "normal",
    )


@lru_cache(maxsize=8192)
def _advance(text: str, size: float, is_bold: bool, is_italic: bool) -> float:
    face = typeface(size, is_bold=is_bold, is_italic=is_italic)
    # Blanks at the end have a width too, which the outline of the text does not.
    bare, stop = (
        text_to_path.get_text_width_height_descent(part, face, False)[0]
        for part in ("..", text + "..")
    )
    return float(stop - bare)


def run_width(run: Run, size: float, *, is_bold: bool = False) -> float:
    """Width of one run [pixels] where the text around it has `size` [pixels]."""
    own = (run.size or size) * POINTS
    return _advance(run.text, own, run.is_bold or is_bold, run.is_italic) / POINTS


def extent(markup: str, size: float, *, is_bold: bool = False) -> tuple[float, float]:
    """Width and height of a text [pixels]."""
    lines = read(markup)
    widths = [sum(run_width(run, size, is_bold=is_bold) for run in line) for line in lines]
    return max(widths, default=0.0), LINE_SPACING * size * len(lines)


def refilled(text: str, size: float, width: float, *, is_bold: bool = False) -> list[str]:
    """Words filled into lines no wider than `width` [pixels]; a lone longer word keeps its line."""
    lines: list[str] = []
    for word in text.split():
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and run_width(Run(longer, is_bold), size) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
