"""No page and no command gives a unit of the 34 a place that reads like a published one.

Pages come from the navigation, commands from the command line itself: what is added later is
looked at without a word here. The invented edition of `tests/new_edition.py` is TEST DATA.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
import typer
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import manage
from analytics.board import Knowledge, knowledge
from data import queries
from data.build import ensure
from data.store import Store
from tests.new_edition import EDITION, FILE, edition_workbook
from tests.pages import seen
from ui.frame import PAGES

OpenPage = Callable[..., AppTest]
NAMES = [name for names in PAGES.values() for name in names]
SAYS_SO = ("ước tính", "ước đạt", "estimate")
# A place among 33 or 34: 21/34, hạng 21 trên 34, xếp thứ 21 trong 34, rank 21 of 34.
FRACTION = re.compile(
    r"(?<![\d/.,])(\d{1,2}(?:[.,]\d)?)\s*/\s*(33|34)(?![\d/])"
    # "34/34 provinces have figures" is a count.
    r"(?!\s*(?:tỉnh|đơn vị|provinces|units))"
)
IN_WORDS = re.compile(
    r"(?:hạng|xếp thứ|đứng thứ|vị trí|rank(?:ed)?|place)\s+(\d{1,2}(?:[.,]\d)?)"
    r"(?:\s+(?:trên|trong|among|of|out of)\s+(?:tổng số\s+)?|\s*/\s*)(33|34)\b",
    re.IGNORECASE,
)
# Command-line parameters this test knows how to fill; a command that needs another is a writer.
GIVEN = {"unit": "Quảng Ngãi", "index": "papi", "year": "2025", "since": "2022", "until": "2025",
         "first": "2022", "last": "2025", "to_rank": "5"}  # fmt: skip
FEWEST_COMMANDS = 7


def suspects(text: str, published: set[tuple[str, int]] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """Passages that read like an official place of the 34 and are none.

    Args:
        text: one sentence, cell or label.
        published: (name of a unit, its published place among 34); a place counts as published
            where the passage names the unit, or names none.
    """
    if any(word in text.casefold() for word in SAYS_SO):
        return []
    named = {name for name, _ in published if name in text}
    true = {place for name, place in published if not named or name in named}
    return [
        hit.group(0)
        for pattern in (FRACTION, IN_WORDS)
        for hit in pattern.finditer(text)
        if not (hit.group(2) == "34" and hit.group(1).isdigit() and int(hit.group(1)) in true)
    ]


@pytest.mark.parametrize(
    "text",
    ["hạng 21/34", "Quảng Ngãi 21/33", "xếp thứ 21 trên 34 tỉnh", "rank 21 of 34", "26/34*",
     "hạng 21 trong tổng số 34", "tương đương hạng 30,2/34"],
)  # fmt: skip
def test_what_looks_official_is_caught(text: str) -> None:
    assert suspects(text)


@pytest.mark.parametrize(
    "text",
    ["vị trí ước tính 21/33", "hạng 54/61", "43/63", "estimate: place 21 of 33", "01/34/2025",
     "Nghị quyết 34/NQ-CP", "cả 34 tỉnh", "số liệu của 34/34 tỉnh"],
)  # fmt: skip
def test_what_says_that_it_is_an_estimate_or_is_no_place_passes(text: str) -> None:
    assert not suspects(text)


def test_a_published_place_passes_for_its_unit_only() -> None:
    published = {("Quảng Ngãi", 12), ("Huế", 5)}
    assert not suspects("Quảng Ngãi: 12/34", published)
    assert suspects("Quảng Ngãi: 5/34", published)
    assert suspects("Quảng Ngãi: 12/33", published)


class _Passages(HTMLParser):
    """The text of each paragraph, cell, item and heading; words around it do not excuse it."""

    BLOCKS = ("p", "td", "th", "li", "div", "tr", "article", "summary", "blockquote", "table")

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = [""]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.BLOCKS:
            self.found.append("")
        self.found[-1] += dict(attrs).get("alt") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.BLOCKS:
            self.found.append("")

    def handle_data(self, data: str) -> None:
        self.found[-1] += data


def passages(app: AppTest) -> list[str]:
    """Everything a reader sees or points at, passage by passage."""
    found = [*seen.spoken(app), *seen.picture_texts(app)]
    for body in seen.bodies(app):
        parser = _Passages()
        parser.feed(body)
        found += parser.found
    for element in [*app.dataframe, *app.get("metric")]:
        found += str(getattr(element, "value", "")).splitlines()
    return [text for text in found if text.strip()]


def faults(app: AppTest, published: set[tuple[str, int]] = frozenset()) -> list[str]:  # type: ignore[assignment]
    assert not app.exception, app.exception
    return [
        f"{hit} in: {text.strip()[:160]}"
        for text in passages(app)
        for hit in suspects(text, published)
    ]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("lang", "unit", "now"),
    [("vi", "vn63-kon-tum", "vn34-quang-ngai"), ("en", "vn63-ha-noi", "vn34-ho-chi-minh")],
)
def test_before_any_edition_of_the_34_no_page_has_a_place_among_them(
    open_page: OpenPage, name: str, lang: str, unit: str, now: str
) -> None:
    """Nothing of the 34 has been published: every place among 33 or 34 is an estimate."""
    app = open_page(
        name, unit=unit, now=now, index="papi", year="2024", base="2022", lang=lang,
        geo="estimated",
    )  # fmt: skip
    assert faults(app) == []


@pytest.fixture(scope="module")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the shipped figures and the invented edition of 34 units on top."""
    folder = tmp_path_factory.mktemp("loaded")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("RANKINGS_STORE", str(folder))
        ensure(Store(folder))
        path = folder / FILE
        path.write_bytes(edition_workbook())
        said = CliRunner().invoke(
            manage.app, ["load", str(path), "--yes", "--source-date", "2026-04-15"]
        )
        assert said.exit_code == 0, said.output
    return folder


@pytest.fixture
def loaded(loaded_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Knowledge:
    monkeypatch.setenv("RANKINGS_STORE", str(loaded_folder))
    return knowledge(queries.tables(of=Store(loaded_folder)))


def published_places(known: Knowledge) -> set[tuple[str, int]]:
    """Every place that the loaded edition gives a unit of the 34, in either language."""
    rows = known.standings.loc[
        (known.standings["edition"] == EDITION) & known.standings["rank"].notna()
    ].merge(known.tables.units, on="unit_id", validate="many_to_one")
    assert set(rows["n_ranked"]) == {34}
    pairs = [*zip(rows["name_vi"], rows["rank"], strict=True),
             *zip(rows["name_en"], rows["rank"], strict=True)]  # fmt: skip
    return {(str(name), int(place)) for name, place in pairs}


@pytest.mark.parametrize("name", NAMES)
def test_beside_a_loaded_edition_only_its_own_places_look_official(
    loaded: Knowledge, open_page: OpenPage, name: str
) -> None:
    published = published_places(loaded)
    views = [("vn34-quang-ngai", "Quảng Ngãi", "vi"),
             ("vn34-ho-chi-minh", "Ho Chi Minh City", "en")]  # fmt: skip
    for unit, shown, lang in views:
        app = open_page(
            name, unit=unit, index="papi", year=str(EDITION), base="2022", lang=lang,
            geo="estimated",
        )  # fmt: skip
        own = {(who, place) for who, place in published if who == shown}
        # A passage that names nobody speaks of the unit of the page, or stands in a table of all.
        others = published if name in WHOLE_FIELD else own | {
            pair for pair in published if any(pair[0] in text for text in passages(app))
        }  # fmt: skip
        assert faults(app, others) == [], (name, unit)


# Pages that list the whole field of an edition, where a place stands in a cell of its own.
WHOLE_FIELD = {"map", "heat", "compare", "four", "component", "trends", "upload", "history"}


def commands() -> dict[str, list[str]]:
    """Every command that reads and can be asked about a unit, an index or a year."""
    group = typer.main.get_command(manage.app)
    assert isinstance(group, typer.core.TyperGroup)
    found = {}
    for name, command in group.commands.items():
        needed = [one for one in command.params if one.required]
        if needed and all(one.name in GIVEN for one in needed):
            found[name] = [word for one in needed for word in (one.opts[0], GIVEN[str(one.name)])]
    return found


def test_no_command_gives_an_estimate_an_official_look(loaded: Knowledge) -> None:
    published = published_places(loaded)
    asked = commands()
    assert len(asked) >= FEWEST_COMMANDS, asked
    for name, words in asked.items():
        if name == "template":
            continue
        said = CliRunner().invoke(manage.app, [name, *words])
        assert said.exit_code in (0, 1, 2), (name, said.output)
        for line in said.output.splitlines():
            assert suspects(line, published) == [], (name, line)


def test_every_lens_of_every_unit_says_that_it_is_an_estimate(loaded: Knowledge) -> None:
    """All 34 units, as the command line prints them, and the verdict before every estimate."""
    units = loaded.tables.units
    for name in units.loc[units["geography"] == "vn34", "name_vi"]:
        words = ["lens", "--unit", name, "--index", "papi", "--from", "2022", "--to", "2024"]
        lines = CliRunner().invoke(manage.app, words).output.splitlines()
        assert lines[1].startswith("Kết quả chính thức: Chưa đủ cơ sở đánh giá"), name
        assert [hit for line in lines for hit in suspects(line)] == [], name


def test_today_is_after_the_merger() -> None:
    """The views above are of a day on which the 34 exist."""
    assert date.today() > date(2025, 7, 1)  # noqa: DTZ011
