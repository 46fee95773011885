"""What a reader sees of a page: its texts, tiles, tables and pictures, without the markup."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from typing import Any

from streamlit.testing.v1 import AppTest

SPOKEN = ("title", "subheader", "caption", "info", "warning", "error", "markdown")


class _Parts(HTMLParser):
    """Texts of tiles and of table rows, cell by cell; the alternative text of pictures counts."""

    def __init__(self) -> None:
        super().__init__()
        self.tiles: list[str] = []
        self.rows: list[list[str]] = []
        self.text: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "article":
            self.tiles.append("")
        elif tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self.rows[-1].append("")
        elif tag == "img":
            self.handle_data(dict(attrs).get("alt") or "")
        self._add(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in ("small", "b", "strong"):
            self._add(" ")

    def handle_data(self, data: str) -> None:
        self.text.append(data)
        self._add(data)

    def _add(self, data: str) -> None:
        if self.tiles:
            self.tiles[-1] += data
        if self.rows and self.rows[-1]:
            self.rows[-1][-1] += data


def _tidy(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def bodies(app: AppTest) -> list[str]:
    """HTML the page wrote, its style sheet and the program's own scripts left out.

    Whatever a person typed goes where scripts do not run, so it is never left out here.
    """
    found = [element.proto for element in app.get("html")]
    bodies = [str(one.body) for one in found if not one.unsafe_allow_javascript]
    return [body for body in bodies if "<style" not in body]


def _parsed(body: str) -> _Parts:
    parts = _Parts()
    parts.feed(body)
    return parts


def tags(app: AppTest) -> set[str]:
    """Every kind of element in the HTML the page wrote."""
    return {tag for body in bodies(app) for tag in _parsed(body).tags}


def tiles(app: AppTest) -> list[str]:
    """Texts of the tiles, in order."""
    return [_tidy(tile) for body in bodies(app) for tile in _parsed(body).tiles]


def tile(app: AppTest, index: str) -> str:
    """Text of the tile of one index."""
    return next(text for text in tiles(app) if text.startswith(index))


def rows(app: AppTest) -> list[list[str]]:
    """Rows of all tables below their heads, each a list of cell texts."""
    found = [[_tidy(cell) for cell in row] for body in bodies(app) for row in _parsed(body).rows]
    heads = {tuple(row) for row in heads_of(app)}
    return [row for row in found if tuple(row) not in heads]


def heads_of(app: AppTest) -> list[list[str]]:
    """Column heads of the tables."""
    heads = [re.findall(r"<thead>.*?</thead>", body, re.DOTALL) for body in bodies(app)]
    return [[_tidy(cell) for cell in _parsed(part).rows[0]] for found in heads for part in found]


def row(app: AppTest, *words: str) -> list[str]:
    """The one table row that contains all these words."""
    found = [cells for cells in rows(app) if all(word in " ".join(cells) for word in words)]
    assert len(found) == 1, (words, found)
    return found[0]


def figures(app: AppTest) -> list[dict[str, Any]]:
    """The pictures as their library reads them."""
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def picture_texts(app: AppTest) -> list[str]:
    """Titles, keys, sources and axis texts standing in the pictures."""
    found: list[str] = []
    for figure in figures(app):
        layout = figure["layout"]
        found += [note.get("text", "") for note in layout.get("annotations", [])]
        for axis in ("xaxis", "yaxis"):
            found += [str(text) for text in layout.get(axis, {}).get("ticktext", [])]
            found.append(layout.get(axis, {}).get("title", {}).get("text", ""))
        for trace in figure["data"]:
            for part in ("y", "text", "customdata"):
                if isinstance(trace.get(part), list):
                    found += [str(text) for text in trace[part]]
    return [_tidy(re.sub(r"<[^>]*>", " ", text)) for text in found if text]


def spoken(app: AppTest) -> list[str]:
    """Titles, captions, notices and labels."""
    said = [str(element.value) for kind in SPOKEN for element in getattr(app, kind)]
    for kind in ("selectbox", "radio"):
        for widget in getattr(app, kind):
            said += [widget.label, *widget.options]
    said += [widget.label for widget in app.date_input]
    return said + [str(element.proto.label) for element in app.get("page_link")]


def words(app: AppTest) -> str:
    """Everything on the page as one text."""
    written = [" ".join(_parsed(body).text) for body in bodies(app)]
    return _tidy("\n".join([*spoken(app), *written, *picture_texts(app)]))
