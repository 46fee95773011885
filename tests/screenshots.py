"""Every page as a reader sees it, desktop and phone, written to docs/screenshots/.

`make screenshots`, or `python -m tests.screenshots targets?unit=vn63-kon-tum` for single addresses.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.e2e import harness
from ui.frame import FIRST, PAGES

OUT = harness.ROOT / "docs" / "screenshots"
STORY = "unit=vn63-kon-tum&year=2023&base=2022"
# What a page needs beside the story to show what it is for.
MORE = {"search": "q=minh bach"}
WIDTHS = {"desktop": harness.DESKTOP, "phone": harness.PHONE}
# A picture in the documentation shows the head of a long page, in a file small enough to keep.
MOST_PIXELS_DOWN = {"desktop": 1500, "phone": 1600}
COLOURS = 40


def names() -> list[str]:
    """Every page of the menu."""
    return [name for pages in PAGES.values() for name in pages]


def addresses() -> list[str]:
    """The pages of the board, all telling the story of Kon Tum 2023."""
    return [
        "?".join(["" if name == FIRST else name, "&".join(filter(None, [STORY, MORE.get(name)]))])
        for name in names()
    ]


def take(browser: Browser, url: str, address: str) -> list[Path]:
    """One address in every width; a fault on the way is an error, not a picture."""
    pictures = []
    for name, (width, height) in WIDTHS.items():
        context = browser.new_context(
            viewport={"width": width, "height": height}, locale="vi-VN", base_url=url
        )
        page = context.new_page()
        seen = harness.watch(page)
        harness.goto(page, f"/{address}")
        stem = address.split("?")[0] or FIRST
        picture = harness.screenshot(page, OUT / f"{stem}-{name}.png")
        pictures.append(small(picture, MOST_PIXELS_DOWN[name]))
        if seen.console_errors or seen.foreign_requests:
            raise SystemExit(f"{address}: {seen.console_errors + seen.foreign_requests}")
        context.close()
    return pictures


def small(picture: Path, most_pixels_down: int) -> Path:
    """The same picture with a palette and without what hangs below."""
    with Image.open(picture) as taken:
        head = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, most_pixels_down)))
    few = head.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(picture, optimize=True)
    return picture


def main(wanted: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as engine:
        browser = harness.launch(engine)
        with harness.cold_server(Path(folder)) as server:
            for address in wanted or addresses():
                for picture in take(browser, server.url, address):
                    print(picture.relative_to(harness.ROOT))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
