"""The board without a mouse: from the address bar to menu, choice, table and download."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e import harness

STORY = "unit=vn63-kon-tum&year=2023&base=2022"
Focus = dict[str, object]
# Where the keyboard stands, whether its place is seen, and what covers it.
FOCUS = """
() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const points = [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]];
  const seen = points.some(([x, y]) => {
    const over = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
    return over && (at.contains(over) || over.contains(at) || at.parentElement?.contains(over));
  });
  // A ring is drawn by the part itself, or around the field it stands in.
  const rings = [];
  for (let part = at, n = 0; part && n < 6; part = part.parentElement, n++) {
    const style = getComputedStyle(part);
    const isRing = style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2;
    const box = part.getBoundingClientRect();
    if (isRing && box.width > 14 && box.height > 14) rings.push(style.outlineColor);
  }
  return { text: (at.textContent || '').trim(), name: at.getAttribute('aria-label') || '',
           testid: at.dataset.testid || '', tag: at.tagName, role: at.getAttribute('role') || '',
           top: box.top, size: [box.width, box.height], seen, rings,
           isBody: at === document.body };
}
"""


def tab_to(page: Page, wanted: Callable[[Focus], bool], *, at_most: int) -> Focus:
    """Steps on with Tab until the keyboard stands where it is wanted."""
    reached: list[str] = []
    for _ in range(at_most):
        page.keyboard.press("Tab")
        focus: Focus = page.evaluate(FOCUS)
        if wanted(focus):
            return focus
        reached.append(str(focus["text"] or focus["name"])[:40])
    raise AssertionError(f"not reached in {at_most} steps: {reached}")


def test_from_the_address_bar_past_the_menu_to_the_first_result(page: Page) -> None:
    harness.goto(page, f"/?{STORY}")
    first = tab_to(page, lambda _: True, at_most=1)
    assert first["text"] == "Đến thẳng nội dung chính", "the first step offers to skip the menu"
    page.keyboard.press("Enter")
    link = tab_to(page, lambda at: at["testid"] == "stPageLink-NavLink", at_most=12)
    assert link["rings"], "the place of the keyboard is seen"
    with harness.rerun(page):
        page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_contain_text("Chỉ tiêu")


def test_the_menu_opens_and_leads_to_a_page(page: Page) -> None:
    harness.goto(page, f"/?{STORY}")
    group = "Phân tích"
    tab_to(page, lambda at: at["testid"] == "stTopNavSection" and at["text"] == group, at_most=60)
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem", name="Xu hướng")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name="So sánh")).to_be_focused()
    assert page.evaluate(FOCUS)["rings"]
    with harness.rerun(page):
        page.keyboard.press("Enter")
    expect(page.locator("h1").first).to_contain_text("So sánh")


def test_a_choice_is_made_and_a_row_opened(page: Page) -> None:
    harness.goto(page, f"/targets?{STORY}")
    tab_to(page, lambda at: at["name"] == "Kết quả", at_most=60)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    with harness.rerun(page):
        page.keyboard.press("Enter")
    assert "status=" in page.url
    row = tab_to(page, lambda at: at["tag"] == "SUMMARY", at_most=20)
    assert row["rings"]
    details = page.locator("table.board details").first
    for key, is_open in (("Enter", True), ("Space", False)):
        page.keyboard.press(key)
        expect(details).to_have_attribute("open", "") if is_open else expect(
            details
        ).not_to_have_attribute("open", "")


def test_the_figures_of_a_chart_are_downloaded(page: Page) -> None:
    harness.goto(page, f"/gaps?{STORY}&index=papi")
    tab_to(page, lambda at: at["testid"] == "stPopoverButton" and "Tải" in str(at["text"]),
           at_most=90)  # fmt: skip
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Số liệu CSV")).to_be_visible()
    tab_to(page, lambda at: "CSV" in str(at["text"]) and at["tag"] == "BUTTON", at_most=8)
    with page.expect_download() as coming:
        page.keyboard.press("Space")
    assert coming.value.suggested_filename.endswith(".csv")
    page.keyboard.press("Escape")


def test_what_has_the_keyboard_is_seen_and_ringed_forth_and_back(page: Page) -> None:
    """No trap, nothing hidden under the menu (WCAG 2.1.2, 2.4.7, 2.4.11)."""
    harness.goto(page, f"/targets?{STORY}")
    unseen = []
    for key, steps in (("Tab", 70), ("Shift+Tab", 60)):
        places = set()
        for _ in range(steps):
            page.keyboard.press(key)
            at = page.evaluate(FOCUS)
            places.add((at["text"], at["name"], at["top"]))
            if not at["isBody"] and not (at["seen"] and at["rings"]):
                unseen.append((key, at))
        assert len(places) > 25, "the keyboard goes on"
    assert unseen == []
