"""A link reopens the view: all that a reader chose stands in the address, which alone shows it.

Every selection a page keeps for itself (its key begins with w_) is found on the page, turned to
another option, and looked for in a second session that knows nothing but the address.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Radio, Selectbox

from tests.pages import seen
from ui.frame import PAGES

OpenPage = Callable[..., AppTest]
STORY = {"unit": "vn63-kon-tum", "index": "papi", "year": "2023", "base": "2022",
         "asof": "2024-06-30"}  # fmt: skip
# What decides which other options there are stays as it is; the language is the reader's own.
FIXED = {"w_unit", "w_index", "w_year", "w_base", "w_asof", "w_lang"}
# A document or a record being written is no view; a link does not carry what is half written.
WRITTEN = ("w_pack_", "w_agency", "w_person", "w_assignment")
KINDS = ("selectbox", "radio", "multiselect")
NAMES = [name for names in PAGES.values() for name in names]
# Pages of which each takes its parameters in another way; the rest is walked in the slow run.
SAMPLE = ["trends", "map", "targets", "projector"]
LONGEST_LIST = 400


@pytest.fixture(autouse=True)
def options_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets a test choose an option by its text, which the page's own wording would not know."""
    for kind in (Selectbox, Radio):
        worded = kind.format_func.fget

        def shown(widget: Any, worded: Any = worded) -> Callable[[Any], str]:
            return lambda one: one if one in widget.options else worded(widget)(one)

        monkeypatch.setattr(kind, "format_func", property(shown))


def own(app: AppTest) -> dict[str, Any]:
    """The page's own selections by key."""
    found = {}
    for kind in KINDS:
        for widget in getattr(app, kind):
            key = str(widget.key)
            if key.startswith("w_") and key not in FIXED and not key.startswith(WRITTEN):
                found[key] = widget
    return found


def values(app: AppTest) -> dict[str, Any]:
    return {key: widget.value for key, widget in own(app).items()}


def turn(widget: Any) -> bool:
    """Choose the last option in place of the present one; whether there was another."""
    if widget.type == "multiselect":
        wanted = widget.options[-2:]
        if len(wanted) < 2:
            return False
        widget.set_value([])
        for option in wanted:
            widget.select(option)
        return True
    if not 1 < len(widget.options) <= LONGEST_LIST:
        return False
    last = len(widget.options) - 1
    if widget.type == "radio":
        widget.set_value(widget.options[last])
    else:
        widget.select_index(last)
    return True


def reopened(open_page: OpenPage, name: str) -> list[str]:
    """Where a second session that is handed the address shows something else."""
    app = open_page(name, **STORY)
    assert not app.exception
    for key in list(own(app)):
        widget = own(app).get(key)
        if widget is not None and turn(widget):
            app.run()
            assert not app.exception, key
    address = {key: app.query_params[key] for key in app.query_params}
    address = {key: one[0] if isinstance(one, list) else one for key, one in address.items()}
    other = open_page(name, **address)
    before, after = values(app), values(other)
    faults = [f"{key}: {before[key]!r} came back as {after.get(key)!r}"
              for key in before if after.get(key) != before[key]]  # fmt: skip
    if seen.tiles(app) != seen.tiles(other) or seen.rows(app) != seen.rows(other):
        faults.append("tables or tiles differ")
    if seen.picture_texts(app) != seen.picture_texts(other):
        faults.append("pictures differ")
    if app.query_params != other.query_params:
        faults.append(f"{app.query_params} became {other.query_params}")
    return faults


@pytest.mark.parametrize("name", SAMPLE)
def test_a_link_reopens_exactly_the_view(open_page: OpenPage, name: str) -> None:
    assert reopened(open_page, name) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in NAMES if name not in SAMPLE])
def test_a_link_reopens_exactly_the_view_of_every_other_page(
    open_page: OpenPage, name: str
) -> None:
    assert reopened(open_page, name) == []


def test_the_walk_turns_what_it_finds(open_page: OpenPage) -> None:
    app = open_page("heat", **STORY)
    widget = own(app)["w_printed"]
    assert widget.value == "rank"
    assert turn(widget)
    app.run()
    assert own(app)["w_printed"].value == "score"
    assert app.query_params["printed"] in ("score", ["score"])
    assert len(own(app)) >= 3
