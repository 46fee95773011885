"""The command line: what the screens say, for scripts and scheduled jobs.

Answers go to stdout, faults to stderr in one sentence. Exit code 0 means answered, 2 that the
question was wrong, 1 that the store or the reference behind it cannot be used. The store is built
on the way where there is none, so a scheduled job may be the first to run; it may also run while
the app is serving, because readers and writers of the store never wait for each other.
"""

from __future__ import annotations

from commands import agencies, briefs, keeping, loads, places, rankings, targets
from commands.console import app

__all__ = ["agencies", "app", "briefs", "keeping", "loads", "places", "rankings", "targets"]

if __name__ == "__main__":
    app()
