"""Turns a fault's values into what a sentence shows: decimal commas for Vietnamese readers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from data.intake.model import CellFault, FileRefused

DECIMALS = 4
_YEARS = frozenset({"edition", "year", "other"})  # 2024 is no number of things


def sentence(template: str, fault: CellFault | FileRefused, language: str) -> str:
    """The sentence of a fault, from its template in `locales/faults.<language>.yml`.

    Raises:
        KeyError: the template has a place for which the fault holds no value.
    """
    return template.format(**shown(fault.values, language))


def shown(values: Mapping[str, Any], language: str) -> dict[str, str]:
    """Each value as text: 1.236,5 in Vietnamese, 1,236.5 in English, years without a mark."""
    return {key: _shown(key, value, language) for key, value in values.items()}


def _shown(key: str, value: Any, language: str) -> str:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if key in _YEARS and float(value).is_integer() and 1990 <= value <= 2100:
        return str(int(value))
    text = f"{value:,.{DECIMALS}f}".rstrip("0").rstrip(".")
    if language == "vi":
        text = text.replace(",", " ").replace(".", ",").replace(" ", ".")
    return text
