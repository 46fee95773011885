"""No page and no command gives a unit of the 34 a place that reads like a published one.

Pages come from the navigation, commands from the command line itself: what is added later is
looked at without a word here. The invented edition of `tests/new_edition.py` is TEST DATA.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import typer
from streamlit.testing.v1 import AppTest
from typer.testing import CliRunner

import manage
from analytics.board import Knowledge, knowledge
from data import queries
from data.store import Store
from tests.new_edition import EDITION, loaded_store
from tests.official_look import Places, passages, published_places, suspects, told
from ui.frame import PAGES

OpenPage = Callable[..., AppTest]
NAMES = [name for names in PAGES.values() for name in names]
# Command-line parameters this test knows how to fill; a command that needs another is a writer.
GIVEN = {"unit": "Quảng Ngãi", "index": "papi", "year": "2025", "since": "2022", "until": "2025",
         "first": "2022", "last": "2025", "to_rank": "5"}  # fmt: skip
FEWEST_COMMANDS = 7
# Pages that list the whole field of an edition, where a place stands in a cell of its own.
WHOLE_FIELD = {"map", "heat", "compare", "four", "component", "trends", "upload", "history"}
BEFORE = [("vi", "vn63-kon-tum", "vn34-quang-ngai"), ("en", "vn63-ha-noi", "vn34-ho-chi-minh")]
AFTER = [("vi", "vn34-quang-ngai", "Quảng Ngãi"), ("en", "vn34-ho-chi-minh", "Ho Chi Minh City")]
# Pages that show estimates, or the places an edition of the 34 gives, in either language by turns;
# every page in both is slow. `tests/pages/test_new_units.py` opens every page in the ordinary run.
ESTIMATING = ("overview", "gaps", "trends", "compare", "map", "heat", "component", "merger")
SAMPLE = [(name, at % 2) for at, name in enumerate(ESTIMATING)]
VIEWS = [
    pytest.param(name, view, marks=() if (name, view) in SAMPLE else pytest.mark.slow)
    for name in NAMES
    for view in (0, 1)
]


@pytest.mark.parametrize(
    "text",
    ["hạng 21/34", "Quảng Ngãi 21/33", "xếp thứ 21 trên 34 tỉnh", "rank 21 of 34", "26/34*",
     "hạng 21 trong tổng số 34", "tương đương hạng 30,2/34", "≈ 26 trong 33 đơn vị chung"],
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


def faults(app: AppTest, published: Places = frozenset()) -> list[str]:
    assert not app.exception, app.exception
    return told(passages(app), published)


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_before_any_edition_of_the_34_no_page_has_a_place_among_them(
    open_page: OpenPage, name: str, view: int
) -> None:
    """Nothing of the 34 has been published: every place among 33 or 34 is an estimate."""
    lang, unit, now = BEFORE[view]
    app = open_page(
        name, unit=unit, now=now, index="papi", year="2024", base="2022", lang=lang,
        geo="estimated",
    )  # fmt: skip
    assert faults(app) == []


@pytest.fixture(scope="module")
def loaded_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with the shipped figures and the invented edition of 34 units on top."""
    return loaded_store(tmp_path_factory.mktemp("loaded"))


@pytest.fixture(scope="module")
def ranked(loaded_folder: Path) -> Knowledge:
    return knowledge(queries.tables(of=Store(loaded_folder)))


@pytest.fixture
def loaded(ranked: Knowledge, loaded_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Knowledge:
    """That store as the one in use; commands share one reading of it, which takes seconds."""
    monkeypatch.setenv("RANKINGS_STORE", str(loaded_folder))
    for name, module in list(sys.modules.items()):
        if name.startswith("commands.") and hasattr(module, "held"):
            monkeypatch.setattr(module, "held", lambda **_: ranked)
    return ranked


@pytest.mark.parametrize(("name", "view"), VIEWS)
def test_beside_a_loaded_edition_only_its_own_places_look_official(
    loaded: Knowledge, open_page: OpenPage, name: str, view: int
) -> None:
    published = published_places(loaded)
    lang, unit, shown = AFTER[view]
    app = open_page(
        name, unit=unit, index="papi", year=str(EDITION), base="2022", lang=lang, geo="estimated",
    )  # fmt: skip
    # A passage that names nobody speaks of the unit of the page, or stands in a table of all.
    everything = "\n".join(passages(app))
    others = published if name in WHOLE_FIELD else {
        (who, place) for who, place in published if who == shown or who in everything
    }  # fmt: skip
    assert faults(app, others) == []


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
        assert told(said.output.splitlines(), published) == [], name


def lens_of(name: str) -> list[str]:
    words = ["lens", "--unit", name, "--index", "papi", "--from", "2022", "--to", "2024"]
    return CliRunner().invoke(manage.app, words).output.splitlines()


@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.slow)])
def test_every_lens_of_every_unit_says_that_it_is_an_estimate(loaded: Knowledge, step: int) -> None:
    """The 34 units, as the command line prints them, and the verdict before every estimate.

    The ordinary run asks every sixth of them, the slow one all.
    """
    units = loaded.tables.units
    for name in units.loc[units["geography"] == "vn34", "name_vi"].iloc[::step]:
        lines = lens_of(name)
        assert lines[1].startswith("Kết quả chính thức: Chưa đủ cơ sở đánh giá"), name
        assert told(lines) == [], name


def test_today_is_after_the_merger() -> None:
    """The views above are of a day on which the 34 exist."""
    assert date.today() > date(2025, 7, 1)  # noqa: DTZ011
