"""Templates of an office's own: which {{…}} they may hold, and what is wrong with one.

Faults are told before anything is printed, one sentence each, Vietnamese first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

BODY = "NOI_DUNG"
# What each placeholder is filled with; shown to whoever makes a template.
PLACEHOLDERS = {
    BODY: "toàn bộ nội dung báo cáo (đứng một mình trong một đoạn)",
    "CO_QUAN_CHU_QUAN": "cơ quan chủ quản",
    "CO_QUAN": "cơ quan ban hành",
    "SO_KY_HIEU": "số, ký hiệu văn bản",
    "DIA_DANH_NGAY": "địa danh, ngày tháng năm",
    "TEN_LOAI": "tên loại văn bản",
    "TRICH_YEU": "trích yếu nội dung",
    "KINH_GUI": "dòng kính gửi",
    "NOI_NHAN": "nơi nhận",
    "CHUC_VU": "chức vụ người ký",
    "NGUOI_KY": "họ tên người ký",
    "DON_VI": "tên tỉnh, thành phố",
    "NAM": "năm báo cáo",
    "NAM_SO_SANH": "năm so sánh",
    "CHAN_TRANG": "phiên bản số liệu, thời gian, người lập",
}  # fmt: skip
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
    texts: Iterable[str],
    *,
    required: Iterable[str] = (BODY,),
    known: Iterable[str] = tuple(PLACEHOLDERS),
    alone: Iterable[str] = (BODY,),
) -> list[str]:
    """What is wrong with the placeholders of a template, one sentence each; empty when nothing.

    Args:
        texts: every paragraph of the template, headers and footers too.
        required: placeholders that must be there.
        known: placeholders that may be there.
        alone: placeholders that must be the whole of their paragraph.
    """
    paragraphs = list(texts)
    found = [name for text in paragraphs for name in placeholders(text)]
    allowed = set(known)
    said = [
        f"Mẫu thiếu chỗ điền {{{{{name}}}}}; hãy thêm vào mẫu. (The template lacks {{{{{name}}}}}.)"
        for name in required
        if name not in found
    ]
    said += [
        f"Mẫu có chỗ điền {{{{{name}}}}} mà hệ thống không biết; các chỗ điền dùng được: "
        f"{', '.join(sorted(allowed))}. (The template has an unknown placeholder {{{{{name}}}}}.)"
        for name in dict.fromkeys(found)
        if name not in allowed
    ]
    said += [
        f"Chỗ điền {{{{{name}}}}} phải xuất hiện đúng một lần và đứng một mình trong một đoạn. "
        f"({{{{{name}}}}} must stand once, alone in its paragraph.)"
        for name in alone
        if name in found and not _stands_alone(paragraphs, name)
    ]
    said += [
        f"Dấu ngoặc của chỗ điền không khép kín: “{text.strip()[:60]}”. "
        "(The braces of a placeholder are not closed.)"
        for text in paragraphs
        if _is_open(text)
    ]
    return said


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
