"""Templates of an office's own: which {{…}} they may hold, and what is wrong with one.

Faults are told before anything is printed, one sentence each, Vietnamese first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from locales import LANGUAGES, texts

BODY = "NOI_DUNG"
# What may stand between the braces; locales say what each is filled with.
PLACEHOLDERS = (
    BODY, "CO_QUAN_CHU_QUAN", "CO_QUAN", "SO_KY_HIEU", "DIA_DANH_NGAY", "TEN_LOAI", "TRICH_YEU",
    "KINH_GUI", "NOI_NHAN", "CHUC_VU", "NGUOI_KY", "DON_VI", "NAM", "NAM_SO_SANH", "CHAN_TRANG",
)  # fmt: skip
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


class TemplateFault(ValueError):
    """A template that cannot be used; `faults` holds one sentence each."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__(" ".join(self.faults))


def placeholders(text: str) -> list[str]:
    """Names between double braces, in order."""
    return _PLACE.findall(text)


def faults(
    lines: Iterable[str],
    *,
    required: Iterable[str] = (BODY,),
    known: Iterable[str] = PLACEHOLDERS,
    alone: Iterable[str] = (BODY,),
) -> list[str]:
    """What is wrong with the placeholders of a template, one sentence each; empty when nothing.

    Args:
        lines: every paragraph of the template, headers and footers too.
        required: placeholders that must be there.
        known: placeholders that may be there.
        alone: placeholders that must be the whole of their paragraph.
    """
    paragraphs = list(lines)
    found = [name for text in paragraphs for name in placeholders(text)]
    allowed = set(known)
    said = [sentence("missing", name=name) for name in required if name not in found]
    said += [
        sentence("unknown", name=name, known=", ".join(sorted(allowed)))
        for name in dict.fromkeys(found)
        if name not in allowed
    ]
    said += [
        sentence("alone", name=name)
        for name in alone
        if name in found and not _stands_alone(paragraphs, name)
    ]
    said += [sentence("open", text=text.strip()[:60]) for text in paragraphs if _is_open(text)]
    return said


def sentence(code: str, **values: str) -> str:
    """One fault in both languages, Vietnamese first."""
    key = f"report.template.{code}"
    vietnamese, english = (texts(spoken)[key].format(**values) for spoken in LANGUAGES)
    return f"{vietnamese} ({english})"


def _stands_alone(paragraphs: list[str], name: str) -> bool:
    holding = [text for text in paragraphs if name in placeholders(text)]
    return len(holding) == 1 and _PLACE.fullmatch(holding[0].strip()) is not None


def _is_open(text: str) -> bool:
    rest = _PLACE.sub("", text)
    return "{{" in rest or "}}" in rest


def filled(text: str, values: Mapping[str, str]) -> str:
    """A text with its placeholders filled; what has no value is left empty.

    A value that itself looks like a placeholder is not filled again.
    """
    return _PLACE.sub(lambda match: values.get(match[1], ""), text)
