"""The day it is in Việt Nam, wherever the server's clock stands."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The present day in Việt Nam."""
    return datetime.now(HOME).date()


def in_store_time(moment: datetime) -> datetime:
    """A moment of the clock in Việt Nam as the store keeps it: UTC, without a zone mark."""
    return moment.replace(tzinfo=HOME).astimezone(UTC).replace(tzinfo=None)


def store_now() -> datetime:
    """The present moment as the store keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def local_time(moment: datetime) -> str:
    """A moment of the store as a clock in Việt Nam shows it: 09:05 21/11/2026."""
    return moment.replace(tzinfo=UTC).astimezone(HOME).strftime("%H:%M %d/%m/%Y")
