"""Accounts and the audit trail as rows and sentences, for the command line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import pandas as pd

from locales import t


class Gap(Protocol):
    """Where a trail does not hold, and why."""

    @property
    def number(self) -> int:
        """Running number of the entry."""
        ...

    @property
    def reason(self) -> str:
        """missing, chain or content."""
        ...


def account_records(rows: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Accounts for a script: one record per name; times as ISO texts, missing as null."""
    if rows is None:
        return []
    return [
        {
            str(key): value.isoformat() if isinstance(value, pd.Timestamp) else value
            for key, value in row.items()
        }
        for row in rows.astype(object).where(rows.notna(), None).to_dict("records")
    ]


def account_text(rows: pd.DataFrame) -> str:
    """One line per account: name, person, role, agency, and whether it is closed."""
    lines = []
    for row in rows.to_dict("records"):
        parts = [row["name"], row["full_name"], t(f"role.{row['role']}")]
        if pd.notna(row["agency_id"]):
            parts.append(str(row["agency_id"]))
        if row["is_disabled"]:
            parts.append(t("keeping.closed"))
        lines.append(" · ".join(parts))
    return "\n".join(lines)


def trail_lines(which: str, n: int, breaks: Sequence[Gap]) -> list[str]:
    """What a check of one trail found."""
    name = t(f"keeping.trail_{which}")
    if not breaks:
        return [t("keeping.trail_whole", trail=name, n=n)]
    return [
        t("keeping.trail_broken", trail=name, number=found.number,
          why=t(f"keeping.broken_{found.reason}"))
        for found in breaks
    ]  # fmt: skip
