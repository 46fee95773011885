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

OUT = harness.ROOT / "docs" / "screenshots"
STORY = "unit=vn63-kon-tum&year=2023&base=2022"
FIRST = "overview"  # lives at "/": its file name is not an address once the app has run
WIDTHS = {"desktop": harness.DESKTOP, "phone": harness.PHONE}
# A picture in the documentation shows the head of a long page, in a file small enough to keep.
MOST_PIXELS_DOWN = 2000
COLOURS = 96


def addresses() -> list[str]:
    """The pages of the board, all telling the story of Kon Tum 2023."""
    stems = sorted(path.stem for path in (harness.ROOT / "pages").glob("*.py"))
    return [f"{'' if stem == FIRST else stem}?{STORY}" for stem in stems if stem != "__init__"]


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
        pictures.append(small(harness.screenshot(page, OUT / f"{stem}-{name}.png")))
        if seen.console_errors or seen.foreign_requests:
            raise SystemExit(f"{address}: {seen.console_errors + seen.foreign_requests}")
        context.close()
    return pictures


def small(picture: Path) -> Path:
    """The same picture with a palette and without what hangs below."""
    with Image.open(picture) as taken:
        head = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, MOST_PIXELS_DOWN)))
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
