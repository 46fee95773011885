"""The pictures of the documentation: one of every page in every width, small enough to keep."""

from __future__ import annotations

from PIL import Image

from tests import screenshots

MOST_BYTES, MOST_BYTES_TOGETHER = 160_000, 6_000_000


def test_every_page_of_the_menu_has_its_pictures_and_no_page_is_shown_that_is_gone() -> None:
    wanted = {f"{name}-{width}.png" for name in screenshots.names() for width in screenshots.WIDTHS}
    assert {path.name for path in screenshots.OUT.glob("*.png")} == wanted


def test_the_pictures_are_small_and_as_wide_as_the_screen_they_show() -> None:
    pictures = sorted(screenshots.OUT.glob("*.png"))
    assert [path.name for path in pictures if path.stat().st_size > MOST_BYTES] == []
    assert sum(path.stat().st_size for path in pictures) < MOST_BYTES_TOGETHER
    for path in pictures:
        width = path.stem.rpartition("-")[2]
        with Image.open(path) as picture:
            assert picture.width == screenshots.WIDTHS[width][0], path.name
            assert picture.height <= screenshots.MOST_PIXELS_DOWN[width], path.name


def test_every_picture_tells_the_same_story() -> None:
    addresses = screenshots.addresses()
    assert len(addresses) == len(screenshots.names())
    assert all(screenshots.STORY in address for address in addresses)
    assert any("?" not in address.partition("?")[2] and "q=" in address for address in addresses)
