"""How many examples a law is tried on: all of them in `make test-slow`, a third in every run."""

from __future__ import annotations

import os

ALL = os.environ.get("EXAMPLES") == "all"


def examples(n: int) -> int:
    """A number for `hypothesis.settings(max_examples=...)`; ten at least."""
    return n if ALL else max(10, n // 3)
