"""The day it is in Việt Nam, wherever the server's clock stands."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

HOME = ZoneInfo("Asia/Ho_Chi_Minh")


def today() -> date:
    """The present day in Việt Nam."""
    return datetime.now(HOME).date()
