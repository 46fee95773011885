"""What people do with the board: read it, send it, narrow it, look back, and open it on a phone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e import harness

Goto = Callable[[Page, str], None]
Rerun = Callable[[Page], AbstractContextManager[None]]
STORY = "unit=vn63-kon-tum&year=2023&base=2022"
PAGES = ("", "gaps", "targets")


def asked(page: Page) -> dict[str, str]:
    """What the address of the page asks for."""
    return {key: values[0] for key, values in parse_qs(urlsplit(page.url).query).items()}


def main_part(page: Page) -> Locator:
    return page.get_by_test_id("stMain")


def tile(page: Page, index: str) -> Locator:
    return (
        main_part(page).locator("article.tile").filter(has=page.get_by_role("heading", name=index))
    )


def pick(page: Page, rerun: Rerun, label: str, option: str) -> None:
    """Choose an option of a list by typing, as a person with a keyboard does."""
    box = page.get_by_role("combobox", name=label)
    box.click()
    box.fill(option)
    with rerun(page):
        page.get_by_role("option", name=option, exact=True).click()


@pytest.fixture
def fresh_page(tabs: harness.Tabs) -> Iterator[Callable[[str], Page]]:
    """`fresh_page(base_url)`: the tab of somebody who was sent a link; watched like any."""
    pages = []

    def opened(base_url: str) -> Page:
        pages.append(tabs.new(base_url))
        return pages[-1]

    yield opened
    watched = [harness.seen_on(page) for page in pages]
    for page in pages:
        page.close()
    for seen in watched:
        assert seen.console_errors == []
        assert seen.foreign_requests == []


def test_a_leader_reads_the_four_tiles_and_sends_the_view_of_another_province(
    page: Page,
    goto: Goto,
    rerun: Rerun,
    server: harness.Server,
    fresh_page: Callable[[str], Page],
) -> None:
    goto(page, "/")
    expect(page.locator("h1").first).to_have_text("Kon Tum năm 2023")
    expect(main_part(page).locator("article.tile")).to_have_count(4)
    expect(tile(page, "PAR INDEX")).to_contain_text("tăng 12 bậc so với năm 2022 (55/63)")
    expect(tile(page, "SIPAS")).to_contain_text("tăng 07 bậc")
    expect(tile(page, "PAPI")).to_contain_text("Không đạt, yêu cầu hạng 49")
    expect(tile(page, "PCI")).to_contain_text("Ngoài nhóm 30 được công bố")

    pick(page, rerun, "Tỉnh, thành phố", "Đắk Nông")
    expect(page.locator("h1").first).to_have_text("Đắk Nông năm 2023")
    assert asked(page) == {
        "unit": "vn63-dak-nong", "index": "all", "year": "2023", "base": "2022"
    }  # fmt: skip
    check_received(page, fresh_page(server.url), goto)


def check_received(page: Page, receiver: Page, goto: Goto) -> None:
    """Whoever follows the link of a page sees its title and tiles at the same address."""
    sent = urlsplit(page.url)
    goto(receiver, f"{sent.path}?{sent.query}")
    title = page.locator("h1").first.inner_text()
    expect(receiver.locator("h1").first).to_have_text(title)
    assert (
        main_part(receiver).locator("article.tile").all_inner_texts()
        == main_part(page).locator("article.tile").all_inner_texts()
    )
    assert asked(receiver) == asked(page)


@pytest.mark.slow
def test_a_view_that_was_sent_reads_the_same_on_a_cold_server(
    page: Page, goto: Goto, cold_server: harness.Server, fresh_page: Callable[[str], Page]
) -> None:
    goto(page, "/?unit=vn63-dak-nong&index=all&year=2023&base=2022")
    expect(page.locator("h1").first).to_have_text("Đắk Nông năm 2023")
    check_received(page, fresh_page(cold_server.url), goto)


# The ordinary run asks one such link, in test_cold_deep_link.py.
@pytest.mark.slow
@pytest.mark.parametrize(
    "link",
    [
        f"targets?{STORY}&index=all&status=missed&document=517/BCĐ-NC",
        f"gaps?{STORY}&index=papi&asof=2024-12-31",
        f"targets?{STORY}&index=all&lang=en",
    ],
)
def test_a_deep_link_on_a_cold_server_keeps_everything_it_asks_for(
    cold_page: Page, goto: Goto, link: str
) -> None:
    goto(cold_page, f"/{link}")
    wanted = {key: values[0] for key, values in parse_qs(urlsplit(link).query).items()}
    assert asked(cold_page) == wanted
    assert urlsplit(cold_page.url).path == f"/{link.split('?')[0]}"
    text = main_part(cold_page).inner_text()
    assert "Kon Tum" in text
    if "index=papi" in link:
        assert "PAPI năm 2023" in text
    if "status=missed" in link:
        verdicts = cold_page.locator("table.targets .chip").all_inner_texts()
        assert verdicts
        assert all("Không đạt" in verdict for verdict in verdicts)
    if "lang=en" in link:
        assert "Everything" in text or "judged for 2023" in text


def test_the_menu_leads_to_every_page_and_keeps_the_choices(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, "/?unit=vn63-ha-noi&year=2022&base=2020")
    for group, name in (
        ("Phân tích", "Khoảng cách theo chỉ số thành phần"),
        ("Chỉ tiêu và trách nhiệm", "Chỉ tiêu"),
        ("Tổng quan", "Tổng quan"),
    ):
        link = harness.menu(page, group, name)
        with rerun(page):
            link.click()
        expect(main_part(page)).to_contain_text("Hà Nội")
        chosen = asked(page)
        assert (chosen["unit"], chosen["year"], chosen["base"]) == ("vn63-ha-noi", "2022", "2020")
    assert asked(page)["index"] == "all"


def test_an_analyst_narrows_the_board_and_widens_it_again(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/targets?{STORY}")
    lines = page.locator("table.targets tbody tr")
    everything = lines.count()
    pick(page, rerun, "Văn bản", "517/BCĐ-NC")
    by_document = lines.count()
    assert 0 < by_document < everything
    pick(page, rerun, "Cơ quan", "Sở Nội vụ tỉnh Kon Tum")
    by_agency = lines.count()
    assert 0 < by_agency < by_document
    pick(page, rerun, "Kết quả", "Đạt")
    expect(lines).to_have_count(1)
    expect(lines.first).to_contain_text("Cải cách tổ chức bộ máy hành chính")
    expect(lines.first).to_contain_text("Số 517/BCĐ-NC, ngày 02/03/2023")
    for label, every in (
        ("Văn bản", "Tất cả văn bản"), ("Cơ quan", "Tất cả cơ quan"), ("Kết quả", "Tất cả kết quả"),
    ):  # fmt: skip
        pick(page, rerun, label, every)
    expect(lines).to_have_count(everything)
    assert set(asked(page)) == {"unit", "index", "year", "base"}


def test_the_clause_opens_on_a_click(page: Page, goto: Goto) -> None:
    goto(page, f"/targets?{STORY}&index=par_index")
    line = page.locator("table.targets tr").filter(has_text="C2. Cải cách thể chế").first
    clause = line.locator("blockquote")
    expect(clause).to_be_hidden()
    line.get_by_text("Trích văn bản").click()
    expect(clause).to_be_visible()
    expect(clause).to_contain_text("tăng ít nhất 05 bậc so với năm 2022")


def test_on_2_march_2023_the_base_is_provisional_and_no_result_is_known(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/targets?{STORY}&index=par_index&asof=2023-03-02")
    line = page.locator("table.targets tr").filter(has_text="C4. Cải cách tổ chức bộ máy").first
    expect(line).to_contain_text("Gốc năm 2021 63/63")
    expect(line).to_contain_text("Phải đạt 58")
    expect(line).to_contain_text("Hạng gốc tạm tính")
    expect(line).to_contain_text("Chưa đến kỳ")
    assert "Đạt được 22/63" not in main_part(page).inner_text()
    goto(page, f"/?{STORY}&asof=2023-03-02")
    expect(tile(page, "PAR INDEX")).to_contain_text("Chưa công bố")
    for figure in ("43/63", "86,14", "56/61", "31–63"):
        assert figure not in main_part(page).inner_text().replace("\n", "")


def test_the_language_is_switched_and_travels_in_the_link(
    page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(page, f"/?{STORY}")
    with rerun(page):
        page.get_by_test_id("stSidebar").get_by_text("English", exact=True).click()
    expect(page.locator("h1").first).to_have_text("Kon Tum in 2023")
    expect(tile(page, "PAR INDEX")).to_contain_text("up 12 places on 2022 (55/63)")
    assert asked(page)["lang"] == "en"
    link = harness.menu(page, "Targets and responsibility", "Targets")
    with rerun(page):
        link.click()
    expect(page.locator("h1").first).to_have_text("Targets")
    with rerun(page):
        page.get_by_test_id("stSidebar").get_by_text("Tiếng Việt", exact=True).click()
    expect(page.locator("h1").first).to_have_text("Chỉ tiêu")
    assert "lang" not in asked(page)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.slow
def test_no_page_scrolls_sideways_on_a_telephone(phone_page: Page, goto: Goto, path: str) -> None:
    goto(phone_page, f"/{path}?{STORY}")
    assert phone_page.evaluate("document.scrollingElement.scrollWidth <= innerWidth")
    # Streamlit scrolls an inner element, which must not scroll sideways either.
    assert phone_page.evaluate(
        "(() => { const main = document.querySelector('[data-testid=\"stMain\"]');"
        " return main.scrollWidth <= main.clientWidth })()"
    )


@pytest.mark.parametrize(
    "path", [PAGES[0], *(pytest.param(path, marks=pytest.mark.slow) for path in PAGES[1:])]
)
def test_a_telephone_shows_the_notice_about_a_wrong_province_without_the_sidebar(
    phone_page: Page, goto: Goto, path: str
) -> None:
    goto(phone_page, f"/{path}?unit=Atlantis&year=2023")
    notice = main_part(phone_page).get_by_test_id("stAlert").first
    expect(notice).to_be_in_viewport()
    expect(notice).to_contain_text("Atlantis")
    expect(main_part(phone_page).get_by_test_id("stException")).to_have_count(0)


def test_a_telephone_reaches_the_choices_by_opening_the_sidebar(
    phone_page: Page, goto: Goto, rerun: Rerun
) -> None:
    goto(phone_page, f"/?{STORY}")
    phone_page.get_by_test_id("stExpandSidebarButton").click()
    box = phone_page.get_by_role("combobox", name="Tỉnh, thành phố")
    expect(box).to_be_visible()
    pick(phone_page, rerun, "Tỉnh, thành phố", "Hà Nội")
    expect(phone_page.locator("h1").first).to_have_text("Hà Nội năm 2023")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.slow
def test_every_tile_text_and_table_cell_fits_its_box(page: Page, goto: Goto, path: str) -> None:
    goto(page, f"/{path}?{STORY}")
    cut = page.evaluate(
        "[...document.querySelectorAll('.tile p, table.board td, .chip')]"
        ".filter(box => box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).display"
        " !== 'inline').map(box => box.textContent)"
    )
    assert cut == []
