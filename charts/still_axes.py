"""Axes of a still picture: which value lies at which pixel, and what is written beside."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from typing import Any

from charts.still_text import NotDrawable

# What a still can show of an axis, and what speaks only to a mouse.
DRAWN = {
    "anchor", "autorange", "categoryarray", "categoryorder", "color", "constrain", "domain",
    "dtick", "gridcolor", "griddash", "gridwidth", "linecolor", "linewidth", "mirror", "nticks",
    "overlaying", "range", "rangemode", "scaleanchor", "scaleratio", "showgrid", "showline",
    "showticklabels", "side", "tick0", "tickangle", "tickcolor", "tickfont", "tickformat",
    "ticklen", "tickmode", "tickprefix", "ticks", "ticksuffix", "ticktext", "tickvals",
    "tickwidth", "title", "type", "visible", "zeroline", "zerolinecolor", "zerolinewidth",
    "matches", "showdividers", "position",
}  # fmt: skip
FOR_THE_MOUSE = {
    "automargin", "fixedrange", "hoverformat", "layer", "showspikes", "spikecolor", "spikedash",
    "spikemode", "spikesnap", "spikethickness", "ticklabeloverflow", "ticklabelstep", "uirevision",
    "separatethousands", "exponentformat", "maxallowed", "minallowed", "constraintoward",
}  # fmt: skip
PADDING = 0.05
NUMBER = re.compile(r"^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$", re.IGNORECASE)


def is_missing(value: Any) -> bool:
    """Whether a value leaves a gap."""
    # The missing value of pandas answers no comparison, so it is asked first.
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    return bool(value != value)


def as_number(value: Any) -> float | None:
    """The number a value is, or none; a text of digits is a number, as the library has it."""
    if is_missing(value) or isinstance(value, bool):
        return None
    if isinstance(value, str):
        return float(value) if NUMBER.match(value.strip()) else None
    return float(value)


def merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`over` laid on `under`, parts within parts."""
    result = dict(under)
    for key, value in over.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = merged(dict(below or {}), value) if both else value
    return result


class Axis:
    """One axis: its settings, its categories if it has any, and where it lies [pixels]."""

    def __init__(self, name: str, given: Mapping[str, Any]) -> None:
        unknown = set(given) - DRAWN - FOR_THE_MOUSE
        if unknown:
            raise NotDrawable(f"axis {name}: {', '.join(sorted(unknown))}")
        if given.get("type") not in (None, "-", "linear", "category"):
            raise NotDrawable(f"axis {name}: type {given['type']}")
        self.name, self.given = name, given
        self.is_across = name.startswith("x")
        self.categories: list[str] = []
        self.is_category = given.get("type") == "category"
        self.low, self.high = math.inf, -math.inf
        self.is_padded_low = self.is_padded_high = False
        self.first = self.last = 0.0
        self.start = self.end = 0.0

    # ------------------------------------------------------------------ values

    def learn(self, values: Iterable[Any]) -> None:
        """Take the values of one trace for what the axis is about."""
        known = [value for value in values if not is_missing(value)]
        if self.given.get("type") in (None, "-") and any(as_number(v) is None for v in known):
            self.is_category = True
        if self.is_category:
            if self.given.get("categoryorder") not in (None, "array", "trace"):
                raise NotDrawable(f"axis {self.name}: order {self.given['categoryorder']}")
            wanted = [*(self.given.get("categoryarray") or ()), *known]
            for value in wanted:
                if not isinstance(value, str) and value in range(len(self.categories)):
                    continue
                if str(value) not in self.categories:
                    self.categories.append(str(value))

    def place(self, value: Any) -> float | None:
        """A value on the axis' own scale; a category by its number in order, from 0."""
        if is_missing(value):
            return None
        if self.is_category and str(value) in self.categories:
            return float(self.categories.index(str(value)))
        return as_number(value)

    def reach(self, values: Iterable[float | None], *, is_padded: bool) -> None:
        """Stretch the axis over positions on its own scale."""
        for value in values:
            if value is None:
                continue
            if value < self.low:
                self.low, self.is_padded_low = value, is_padded
            if value > self.high:
                self.high, self.is_padded_high = value, is_padded

    def settle(self) -> None:
        """Decide the ends once all traces have said how far they reach."""
        wanted = self.given.get("range")
        if wanted is not None and not any(is_missing(end) for end in wanted):
            ends = [self.place(end) for end in wanted]
            self.first, self.last = float(ends[0] or 0), float(ends[1] or 0)
            return
        low, high = self._natural()
        turned = str(self.given.get("autorange", "")) in ("reversed", "max reversed")
        self.first, self.last = (high, low) if turned else (low, high)

    def _natural(self) -> tuple[float, float]:
        if self.is_category:
            ends = (-0.5, max(len(self.categories), 1) - 0.5)
            return min(self.low, ends[0]), max(self.high, ends[1])
        if self.low > self.high:
            return -1.0, 6.0
        low, high = self.low, self.high
        mode = self.given.get("rangemode", "normal")
        if mode in ("tozero", "nonnegative"):
            low, high = min(low, 0.0), max(high, 0.0)
        span = high - low
        if span == 0:
            return low - 1, high + 1
        held = mode != "normal"
        low -= PADDING * span if self.is_padded_low and not (held and low == 0) else 0
        high += PADDING * span if self.is_padded_high else 0
        return low, high

    # ------------------------------------------------------------------ pixels

    def at(self, position: float) -> float:
        """The pixel of a position on the axis' own scale."""
        share = (position - self.first) / ((self.last - self.first) or 1.0)
        return self.start + share * (self.end - self.start)

    def pixel(self, value: Any) -> float | None:
        """The pixel of a value; none where it is missing."""
        position = self.place(value)
        return None if position is None else self.at(position)

    def widen(self, pixels_per_unit: float) -> None:
        """Show more on both sides so that a unit takes so many pixels."""
        middle = (self.first + self.last) / 2
        half = abs(self.end - self.start) / pixels_per_unit / 2
        half = math.copysign(half, self.last - self.first)
        self.first, self.last = middle - half, middle + half

    @property
    def pixels_per_unit(self) -> float:
        """How long a unit is drawn [pixels]."""
        return abs(self.end - self.start) / (abs(self.last - self.first) or 1.0)

    # ------------------------------------------------------------------- ticks

    @property
    def is_visible(self) -> bool:
        """Whether anything of it is drawn."""
        return self.given.get("visible") is not False

    @property
    def has_labels(self) -> bool:
        """Whether its ticks are written."""
        return self.is_visible and self.given.get("showticklabels") is not False

    def ticks(self, length: float, separators: str) -> list[tuple[float, str]]:
        """Positions on the axis' own scale that carry a label, with their labels."""
        if self.given.get("tickvals") is not None:
            values = list(self.given["tickvals"])
            words = self.given.get("ticktext")
            words = [self.written(v, None, separators) for v in values] if words is None else words
            placed = [(self.place(v), str(w)) for v, w in zip(values, words, strict=False)]
        elif self.is_category:
            placed = [(float(at), name) for at, name in enumerate(self.categories)]
        else:
            step = self._step(length)
            low, high = sorted((self.first, self.last))
            origin = float(self.given.get("tick0") or 0.0)
            count = math.ceil((low - origin) / step - 1e-9)
            placed = []
            while origin + count * step <= high + step * 1e-9:
                value = origin + count * step
                placed.append((value, self.written(value, step, separators)))
                count += 1
        low, high = sorted((self.first, self.last))
        return [(at, word) for at, word in placed if at is not None and low <= at <= high]

    def _step(self, length: float) -> float:
        if self.given.get("dtick") is not None:
            return float(self.given["dtick"])
        most = self.given.get("nticks") or max(2, length / (80 if self.is_across else 45))
        rough = abs(self.last - self.first) / most or 1.0
        power = 10.0 ** math.floor(math.log10(rough))
        return next(power * nice for nice in (1, 2, 5, 10) if power * nice >= rough * 0.999)

    def written(self, value: Any, step: float | None, separators: str) -> str:
        """A tick's number in the form the axis asks for, with the marks of the language."""
        if isinstance(value, str) or self.is_category:
            return str(value)
        wanted = str(self.given.get("tickformat") or "")
        if wanted:
            text = formatted(float(value), wanted)
        elif step is None:
            text = f"{float(value):.6g}"
        else:
            decimals = max(0, -math.floor(math.log10(step) + 1e-9))
            text = f"{float(value) + 0.0:.{decimals}f}"
        text = localised(text, separators)
        return f"{self.given.get('tickprefix') or ''}{text}{self.given.get('ticksuffix') or ''}"


def formatted(value: float, wanted: str) -> str:
    """A number in one of the few forms the charts ask for: d, .1f, +.2f, ,.0f, .0%.

    Raises:
        NotDrawable: any other form.
    """
    if not re.fullmatch(r"[+]?,?(\.\d+)?[dfg%]", wanted):
        raise NotDrawable(f"number format {wanted}")
    if wanted.endswith("d"):
        return format(round(value), wanted)
    return format(value, wanted)


def localised(text: str, separators: str) -> str:
    """The number with the decimal and thousands marks of the language, and a real minus sign."""
    marks = separators if len(separators) > 1 else ".,"
    table = {ord("."): marks[0], ord(","): marks[1], ord("-"): "−"}
    return text.translate(table)
