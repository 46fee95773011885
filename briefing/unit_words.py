"""Sentences about units that merged, split or took in others, with the day the links give."""

from __future__ import annotations

from typing import Any

from locales import form, t


def reason_words(reason: str, changed_on: Any = None, change_event: Any = "") -> str:
    """Why there is no verdict, with day and kind of the change of unit; empty without a reason."""
    if not reason:
        return ""
    said = t(f"reason.{reason}")
    if form.is_missing(changed_on) or not change_event:
        return said
    return t("merger.reason_dated", reason=said, change=change_words(changed_on, change_event))


def change_words(changed_on: Any, change_event: str) -> str:
    """What happened and when: "sáp nhập ngày 01/07/2025"."""
    return t(f"merger.change.{change_event}", day=form.day(changed_on))
