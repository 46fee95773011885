"""The day it is in Việt Nam, wherever the server's clock stands."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The present day in Việt Nam."""
    return datetime.now(HOME).date()


def years_to_ask(editions: Iterable[int]) -> list[int]:
    """Years a reader may ask about, earliest first: every edition, and what has ended since.

    The units of a year exist, with targets and agencies, before anything about it is published.
    """
    held = {int(edition) for edition in editions}
    since = range(max(held) + 1, today().year) if held else ()
    return sorted({*held, *since})


def in_store_time(moment: datetime) -> datetime:
    """A moment of the clock in Việt Nam as the store keeps it: UTC, without a zone mark."""
    return moment.replace(tzinfo=HOME).astimezone(UTC).replace(tzinfo=None)


def store_now() -> datetime:
    """The present moment as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def local_time(moment: datetime) -> str:
    """A moment of the store as a clock in Việt Nam shows it: 09:05 21/11/2026."""
    return moment.replace(tzinfo=UTC).astimezone(HOME).strftime("%H:%M %d/%m/%Y")
