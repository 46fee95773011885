"""Turns the bytes of a delimited text file into rows, whatever tool wrote them.

Vietnamese text reaches us in four encodings; Windows-1258 writes tone marks as separate
characters, so everything is brought to the composed form (NFC) here and nowhere else.
"""

from __future__ import annotations

import csv
import io
import unicodedata

from data.intake.model import FileRefused, Limits

DELIMITERS = (";", "\t", ",", "|")


def decode(content: bytes, name: str) -> tuple[str, str]:
    """The text in composed form (NFC) and the encoding it was written in.

    Raises:
        FileRefused: file_encoding, when no encoding in use for Vietnamese fits.
    """
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if content.startswith(mark):
            return _strict(content, (encoding,), name)
    sample = content[:4000]
    if sample.count(b"\x00") > len(sample) // 8:
        even = sample[0::2].count(b"\x00")
        odd = sample[1::2].count(b"\x00")
        return _strict(content, ("utf-16-le" if odd > even else "utf-16-be",), name)
    return _strict(content, ("utf-8", "cp1258"), name)


def _strict(content: bytes, encodings: tuple[str, ...], name: str) -> tuple[str, str]:
    for encoding in encodings:
        try:
            text = unicodedata.normalize("NFC", content.decode(encoding))
        except UnicodeDecodeError:
            continue
        strange = sum(
            1 for letter in text[:20_000] if unicodedata.category(letter) in ("Cc", "Cn", "Co")
        ) - sum(text[:20_000].count(letter) for letter in "\r\n\t\f")
        if strange > 0:
            continue
        return text, encoding
    raise FileRefused("file_encoding", name=name)


def rows(text: str, name: str, limits: Limits) -> list[list[str]]:
    """The fields of each line, split at the delimiter that splits most lines alike.

    Raises:
        FileRefused: file_too_many_rows, file_too_many_columns, file_too_many_cells or
            file_damaged, for quotes that are never closed and fields beyond any cell's size.
    """
    first, _, rest = text.partition("\n")
    if first.strip().lower().startswith("sep=") and len(first.strip()) == 5:
        return _split(rest, first.strip()[4], name, limits)
    return _split(text, delimiter_of(text), name, limits)


def delimiter_of(text: str) -> str:
    """The delimiter under which most lines have the same number of fields, above one.

    A decimal comma is no delimiter: with ";" or a tab present in as many lines, those win.
    """
    sample = [line for line in text.splitlines()[:200] if line.strip()]
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        try:
            widths = [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            continue
        wide = [width for width in widths if width > 1]
        if not wide:
            continue
        common = max(set(wide), key=wide.count)
        score = wide.count(common) / len(widths) + len(wide) / len(widths)
        if score > best_score + 0.2:
            best, best_score = delimiter, score
    return best


def _split(text: str, delimiter: str, name: str, limits: Limits) -> list[list[str]]:
    found: list[list[str]] = []
    n_cells = 0
    csv.field_size_limit(limits.text * 4)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(found) >= limits.rows:
                raise FileRefused("file_too_many_rows", name=name, limit=limits.rows)
            while row and not row[-1].strip():
                row.pop()
            if len(row) > limits.columns:
                raise FileRefused(
                    "file_too_many_columns", name=name, n=len(row), limit=limits.columns
                )
            n_cells += len(row)
            if n_cells > limits.cells:
                raise FileRefused("file_too_many_cells", name=name, limit=limits.cells)
            found.append(row)
    except csv.Error as error:
        raise FileRefused("file_damaged", name=name) from error
    return found
