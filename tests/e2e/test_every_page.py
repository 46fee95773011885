"""Every page, both languages, both geographies, every width: nothing broken, nothing shut out.

The 63 provinces are shown for 2023; the 34 units for 2025, which needs the invented edition of
tests/new_edition.py. The ordinary run takes every third page, each in another language, geography
and width; the slow tests walk the complete product.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from string import Formatter

import pytest
import yaml
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout
from typer.testing import CliRunner

import locales
import manage
from data.internal import USUAL_CUTS
from data.store import Store
from tests.conftest import ROOT
from tests.e2e import axe, harness
from tests.new_edition import FILE, SOURCE, edition_workbook
from tests.stores import ship
from ui.frame import FIRST, PAGES

NAMES = [name for group in PAGES.values() for name in group]
PLACES = {
    "vn63": "unit=vn63-kon-tum&year=2023&base=2022",
    "vn34": "unit=vn34-quang-ngai&year=2025&base=2022",
}
TABLET = (834, 1112)
# 200 % zoom of a window of 1440 by 900 leaves a page half of each to lay itself out in.
ZOOMED = (720, 450)
SIZES = {"desktop": harness.DESKTOP, "tablet": TABLET, "phone": harness.PHONE, "zoom": ZOOMED}
# The menu folds away below 768 pixels, so that tablet and window of a desk are laid out alike, and
# so are telephone and enlarged window. A walk through all sizes asks the audit once for each kind;
# the ordinary run asks it in every size.
AUDITED = ("desktop", "phone")
THEMED = ("overview", "targets", "trends")
SHORTEST_TEXT = 14  # characters; below it two languages share words
AUTHOR = "Người thử"

# Widths of what can scroll sideways, where its content is wider than itself.
TOO_WIDE = """
() => [document.documentElement, ...['stMain', 'stMainBlockContainer']
    .flatMap(name => [...document.querySelectorAll(`[data-testid="${name}"]`)])]
  .filter(part => part.scrollWidth > part.clientWidth + 1)
  .map(part => `${part.dataset.testid ?? 'page'}: ${part.scrollWidth} in ${part.clientWidth}`)
"""
# What is read or heard, but not what is quoted in its own language.
TEXTS = """
() => {
  const quoted = 'script, style, noscript, blockquote';
  const texts = [], names = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const text = walk.currentNode.data.replace(/\\s+/g, ' ').trim();
    if (text && !walk.currentNode.parentElement.closest(quoted)) texts.push(text);
  }
  for (const part of document.querySelectorAll('[aria-label], [placeholder], [title], [alt]')) {
    if (part.closest(quoted)) continue;
    for (const name of ['aria-label', 'placeholder', 'title', 'alt']) {
      if (part.getAttribute(name)) names.push(part.getAttribute(name));
    }
  }
  return [texts, names];
}
"""


@dataclass(frozen=True)
class View:
    """One page in one language and geography."""

    name: str
    language: str
    geography: str

    def __str__(self) -> str:
        return f"{self.name}-{self.language}-{self.geography}"

    @property
    def address(self) -> str:
        stem = "" if self.name == FIRST else self.name
        return f"/{stem}?{PLACES[self.geography]}&lang={self.language}"


def views(language: str, geography: str) -> list[View]:
    return [View(name, language, geography) for name in NAMES]


ALL = [
    view for language in locales.LANGUAGES for place in PLACES for view in views(language, place)
]
# Four pages see four pairs of language and geography; the next four see them at another width.
SAMPLE = [
    (View(name, language, place), list(SIZES)[(at + at // 4) % 4])
    for at, name in enumerate(NAMES[::3])
    for language, place in [
        [("vi", "vn63"), ("en", "vn34"), ("vi", "vn34"), ("en", "vn63")][at % 4]
    ]
]
Opener = Callable[..., Page]


@pytest.fixture(scope="module")
def both_geographies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[harness.Server]:
    """A server that holds an edition of the 34 units beside the published ones."""
    folder = tmp_path_factory.mktemp("every_page")
    store = folder / "store"
    store.mkdir()
    (folder / FILE).write_bytes(edition_workbook())
    ship(Store(store))
    command = ["load", str(folder / FILE), "--source", SOURCE, "--author", AUTHOR, "--yes"]
    loaded = CliRunner().invoke(manage.app, command, env={"RANKINGS_STORE": str(store)})
    assert loaded.exit_code == 0, loaded.output
    with harness.cold_server(folder) as running:
        yield running
        assert "Traceback" not in running.log_text(), running.log_text()


@pytest.fixture
def opened(tabs: harness.Tabs, both_geographies: harness.Server) -> Iterator[Opener]:
    """`opened("/targets", color_scheme="dark")`: a watched page; its console must stay silent."""
    pages = []

    def open_one(address: str, *, size: tuple[int, int] = harness.DESKTOP, **media: object) -> Page:
        page = tabs.new(both_geographies.url, size, **media)
        pages.append(page)
        harness.goto(page, address)
        return page

    yield open_one
    seen = [harness.seen_on(page) for page in pages]
    for page in pages:
        page.close()
    assert [line for one in seen for line in one.console_errors] == []
    assert [line for one in seen for line in one.foreign_requests] == []


@pytest.fixture(scope="module")
def reader(tabs: harness.Tabs, both_geographies: harness.Server) -> Page:
    """One reader who walks from page to page."""
    return tabs.new(both_geographies.url)


def resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    harness.settled(page)


def too_wide(page: Page) -> list[str]:
    """What is wider than its window, once the charts have followed the change of width."""
    with contextlib.suppress(PlaywrightTimeout):
        page.wait_for_function(f"() => ({TOO_WIDE.strip()})().length === 0", timeout=5000)
    return list(page.evaluate(TOO_WIDE))


def told(found: list[axe.Violation]) -> str:
    return "\n".join(str(one) for one in found)


@cache
def phrases(language: str) -> frozenset[str]:
    """Runs of words only the texts of that language hold."""
    other = next(code for code in locales.LANGUAGES if code != language)
    elsewhere = "\n".join(locales.texts(other).values())
    runs = {
        " ".join(run.split())
        for text in locales.texts(language).values()
        for part, *_ in Formatter().parse(text)
        for run in re.split(r"[*`\n]", part)
    }
    return frozenset(
        run for run in runs
        if len(run) >= SHORTEST_TEXT and run.count(" ") > 1 and run not in elsewhere
        and (language == "en" or not run.isascii())
    )  # fmt: skip


@cache
def quotable() -> str:
    """What stays Vietnamese in English: names, titles and clauses of the reference files."""
    folder = ROOT / "data" / "reference"
    held = [path.read_text(encoding="utf-8") for path in folder.rglob("*.csv")]
    for path in folder.rglob("*.yml"):
        held += _strings(yaml.safe_load(path.read_text(encoding="utf-8")))
    # Classes of an office's own index bear the names of the decisions of provinces.
    held += [cut.name for cut in USUAL_CUTS]
    return " ".join([*held, SOURCE, FILE, AUTHOR, locales.texts("vi")["language.vi"]]).casefold()


def _strings(tree: object) -> list[str]:
    if isinstance(tree, dict):
        return [text for part in tree.values() for text in _strings(part)]
    if isinstance(tree, list):
        return [text for part in tree for text in _strings(part)]
    return [" ".join(tree.split())] if isinstance(tree, str) else []


def vietnamese_in(text: str) -> list[str]:
    """The stretches of a text from its first to its last Vietnamese word, between marks."""
    found = []
    for part in re.split(r"[.;:()·–—,/\"“”|]", text):
        words = part.split()
        at = [n for n, word in enumerate(words) if MARKED.search(word)]
        if at:
            found.append(" ".join(words[at[0] : at[-1] + 1]))
    return found


# Letters no other language of the page has.
MARKED = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")
ENGLISH = re.compile(
    r"\b(the|an?|of|for|with|choose|select|options?|press|enter|help|remove|upload)\b",
    re.IGNORECASE,
)


def in_wrong_language(page: Page, language: str) -> list[str]:
    """Texts of the other language on the page, and names that only Streamlit gives."""
    other = next(code for code in locales.LANGUAGES if code != language)
    texts, names = page.evaluate(TEXTS)
    everything = "\n".join([*texts, *names])
    # The glossary names each term in the other language too, as the reference holds it.
    wrong = [phrase for phrase in phrases(other)
             if phrase in everything and phrase.casefold() not in quotable()]  # fmt: skip
    if language == "en":
        return wrong + [part for text in [*texts, *names] for part in vietnamese_in(text)
                        if part.casefold() not in quotable()]  # fmt: skip
    own = {text for key, text in locales.texts("en").items() if key.startswith("theme.own.")}
    return wrong + [name for name in names if name in own or ENGLISH.search(name)]


def check_page(page: Page, view: View, sizes: list[str]) -> None:
    seen = harness.seen_on(page)
    before = len(seen.console_errors), len(seen.foreign_requests)
    width, height = SIZES[sizes[0]]
    page.set_viewport_size({"width": width, "height": height})
    harness.goto(page, view.address)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.locator("h1").first).to_be_visible()
    assert page.evaluate("() => document.documentElement.lang") == view.language
    assert in_wrong_language(page, view.language) == []
    for name in sizes:
        resize(page, SIZES[name])
        assert too_wide(page) == [], name
        if len(sizes) == 1 or name in AUDITED:
            found = axe.violations(page)
            assert not found, f"{name}\n{told(found)}"
    assert seen.console_errors[before[0] :] == []
    assert seen.foreign_requests[before[1] :] == []


@pytest.mark.parametrize(("view", "size"), SAMPLE, ids=str)
def test_a_page_is_sound_and_fits_the_screen(reader: Page, view: View, size: str) -> None:
    check_page(reader, view, [size])


@pytest.mark.slow
@pytest.mark.parametrize("view", ALL, ids=str)
def test_every_page_in_every_language_geography_and_width_is_sound(
    reader: Page, view: View
) -> None:
    check_page(reader, view, list(SIZES))


def test_the_sample_holds_every_language_geography_and_width() -> None:
    assert {view.language for view, _ in SAMPLE} == set(locales.LANGUAGES)
    assert {view.geography for view, _ in SAMPLE} == set(PLACES)
    assert {(view.language, size) for view, size in SAMPLE} == {
        (language, size) for language in locales.LANGUAGES for size in SIZES
    }
    assert len(ALL) == 4 * len(NAMES)


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("theme", ["dark", "contrast", "dark-contrast"])
def test_every_page_can_be_read_in_every_theme(opened: Opener, name: str, theme: str) -> None:
    check_theme(opened, name, theme)


@pytest.mark.parametrize(
    ("name", "theme"), [*zip(THEMED, ["dark", "contrast", "dark"], strict=True)]
)
def test_the_first_pages_can_be_read_in_other_themes(opened: Opener, name: str, theme: str) -> None:
    check_theme(opened, name, theme)


def check_theme(opened: Opener, name: str, theme: str) -> None:
    address = View(name, "vi", "vn63").address
    scheme = "dark" if "dark" in theme else "light"
    page = opened(
        f"{address}&theme=contrast" if "contrast" in theme else address, color_scheme=scheme
    )
    drawn = page.evaluate("() => getComputedStyle(document.querySelector('.stApp')).colorScheme")
    assert drawn == scheme
    found = axe.violations(page, rules=["color-contrast"])
    assert not found, told(found)


def test_high_contrast_is_switched_on_in_the_sidebar_and_kept_in_the_link(opened: Opener) -> None:
    page = opened(View("overview", "vi", "vn63").address)
    ink = "() => getComputedStyle(document.querySelector('.tile .note, .tile')).color"
    assert page.evaluate(ink) != "rgb(0, 0, 0)"
    with harness.rerun(page):
        page.get_by_test_id("stSidebar").get_by_text("Tương phản cao", exact=True).click()
    assert page.evaluate(ink) == "rgb(0, 0, 0)"
    assert "theme=contrast" in page.url
    with harness.rerun(page):
        page.get_by_test_id("stPageLink-NavLink").first.click()
    expect(page.locator("h1").first).to_contain_text("Chỉ tiêu")
    assert "theme=contrast" in page.url, "another page keeps it"
    switch = page.get_by_role("switch", name="Tương phản cao")
    expect(switch).to_be_checked()


def test_a_machine_that_asks_for_more_contrast_gets_it_without_the_switch(opened: Opener) -> None:
    page = opened(View("overview", "vi", "vn63").address, contrast="more")
    ink = page.evaluate("() => getComputedStyle(document.querySelector('.tile')).color")
    assert ink == "rgb(0, 0, 0)"
    assert "theme=" not in page.url


# Lines of the title that hold words, and the widest of them beside its picture.
TITLE_LINES = """
() => {
  const chart = document.querySelector('.js-plotly-plot');
  const at = chart.layout.annotations.findIndex(note => note.name === 'title');
  const text = chart.querySelector(`.annotation[data-index="${at}"] text.annotation-text`);
  const lines = [...text.querySelectorAll(':scope > tspan.line')].filter(one => one.textContent);
  const widest = Math.max(...lines.map(one => one.getComputedTextLength()));
  return [lines.map(one => one.textContent), widest, chart.getBoundingClientRect().width];
}
"""


@pytest.mark.slow
def test_a_title_fills_the_width_of_a_desk_and_is_whole_on_a_telephone(opened: Opener) -> None:
    page = opened(f"{View('heat', 'vi', 'vn63').address}&index=papi")
    wide, longest, room = page.evaluate(TITLE_LINES)
    resize(page, harness.PHONE)
    page.wait_for_function(f"() => ({TITLE_LINES.strip()})()[0].length > {len(wide)}")
    narrow, widest, little = page.evaluate(TITLE_LINES)
    assert longest <= room
    assert widest <= little
    assert len(wide) == 1
    assert len(narrow) > 2
    assert " ".join(narrow).split() == " ".join(wide).split(), "no word is lost"
    resize(page, harness.DESKTOP)
    page.wait_for_function(f"() => ({TITLE_LINES.strip()})()[0].length === 1")
    assert page.evaluate(TITLE_LINES)[0] == wide


def test_what_is_excused_is_still_there_and_nothing_else(opened: Opener) -> None:
    page = opened(View("overview", "vi", "vn63").address, size=harness.PHONE)
    found = axe.all_violations(page)
    assert {one.excuse for one in found} == set(axe.EXCUSED), told(found)


def test_the_search_for_foreign_words_knows_what_may_be_quoted() -> None:
    assert "Chỉ tiêu" not in phrases("vi"), "too short to tell"
    assert len(phrases("vi")) > 300
    assert len(phrases("en")) > 300
    assert vietnamese_in("Score of Kon Tum: rose") == []
    assert vietnamese_in("Agency: Sở Nội vụ tỉnh Kon Tum, 2023") == ["Sở Nội vụ tỉnh"]
    assert "sở nội vụ" in quotable()
    assert "tăng năm bậc so với" not in quotable()


def test_the_audit_finds_a_picture_without_words_grey_on_white_and_small_targets(
    browser: Browser,
) -> None:
    page = browser.new_page()
    page.set_content(
        "<html lang=vi><title>x</title><img src='data:,'><h1 style='color:#bbb'>Chữ xám</h1>"
        + "<button style='display:block;height:9px;font-size:6px;padding:0'>x</button>" * 4
    )
    rules = {one.rule for one in axe.violations(page)}
    page.close()
    assert {"image-alt", "color-contrast", "target-size"} <= rules
