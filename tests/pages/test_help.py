"""Help: the introduction goes when it is put away, terms are explained where they stand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from data import favourites, teaching
from data.store import store
from tests.pages import seen
from ui import who
from ui.terms import glossed

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "year": "2023", "base": "2022"}


def press(app: AppTest, label: str) -> None:
    (button,) = [one for one in app.button if one.label == label]
    button.click().run()


def test_the_introduction_has_four_steps_and_stays_away_once_put_away(open_page: OpenPage) -> None:
    app = open_page("overview", **STORY)
    assert any("bước 1/4" in text.value for text in app.markdown)
    for step in (2, 3, 4):
        press(app, "Tiếp")
        assert any(f"bước {step}/4" in text.value for text in app.markdown)
    assert len(seen.tiles(app)) == 4, "nobody waits for it"
    press(app, "Đã hiểu, không hiện lại")
    assert not any("Làm quen" in text.value for text in app.markdown)
    again = open_page("overview", **STORY)
    assert not any("Làm quen" in text.value for text in again.markdown)
    assert favourites.is_introduced(store(), who.getpass.getuser())


def test_only_the_first_page_introduces(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY)
    assert not any("Làm quen" in text.value for text in app.markdown)


def test_a_column_head_that_is_a_term_carries_its_definition_for_pointer_and_keyboard() -> None:
    made = glossed("Khoảng cách")
    definition = {term.id: term.definition.vi for term in teaching.glossary()}["gap"]
    assert made.startswith('<abbr class="term" tabindex="0"')
    assert made.count(definition) == 2
    assert "<abbr" in glossed("Năm gốc (2022)")
    assert glossed("Cà phê <b>") == "Cà phê &lt;b&gt;"


def test_tables_of_the_board_explain_their_heads(open_page: OpenPage) -> None:
    app = open_page("gaps", **STORY, index="papi")
    assert "abbr" in seen.tags(app)


@pytest.mark.parametrize(
    ("typed", "term"), [("năm gốc", "Năm gốc"), ("nam goc", "Năm gốc"), ("phan vi", "Phân vị")]
)
def test_the_glossary_finds_a_term_with_or_without_diacritics(
    open_page: OpenPage, typed: str, term: str
) -> None:
    app = open_page("glossary", term=typed)
    assert seen.rows(app)[0][0].startswith(term)
    assert app.query_params["term"] == typed


def test_the_glossary_says_when_it_knows_no_such_term_and_shows_what_was_typed_as_text(
    open_page: OpenPage,
) -> None:
    app = open_page("glossary", term="<b>xyz</b>")
    (notice,) = [info.value for info in app.info]
    assert "xyz" in notice
    assert "\\<b" in notice
    assert seen.rows(app) == []


@pytest.mark.parametrize(("index", "n"), [("par_index", 8), ("papi", 8), ("pci", 10), ("sipas", 3)])
def test_the_training_page_has_a_line_for_every_component_with_what_it_measures(
    open_page: OpenPage, index: str, n: int
) -> None:
    app = open_page("training", **STORY, index=index)
    assert not app.exception
    lines = seen.rows(app)
    assert len(lines) == n
    sheet = teaching.training(index)
    assert sheet is not None
    meaning = teaching.meanings()[sheet.parts[0].component_id].vi
    assert meaning in lines[0][0]
    assert sheet.parts[0].vi in lines[0][1]


def test_the_training_page_names_where_its_sentences_come_from(open_page: OpenPage) -> None:
    app = open_page("training", **STORY, index="papi")
    said = " ".join(caption.value for caption in app.caption)
    assert teaching.meanings()["papi"].basis.vi in said
    assert "Nguồn: PAPI" in said
