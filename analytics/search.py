"""Finding by name: words typed in a hurry, without diacritics, against every name a thing has."""

from __future__ import annotations

import re
import unicodedata

import pandas as pd

from analytics.schema import require_columns

NAME_COLUMNS = ("kind", "entry_id", "field", "name")
HIT_COLUMNS = ("kind", "entry_id", "closeness", "field", "name")
# How a name answers the words typed, best first.
SAME, BEGINS, PHRASE, WORDS, PREFIXES, JOINED = range(1, 7)
# Words typed as one ("kontum") are looked for without spaces from this length on.
JOINED_LENGTH = 4
_BARRED_D = str.maketrans({"đ": "d", "ð": "d", "ɖ": "d"})
_SEPARATORS = re.compile(r"[\W_]+")


def spelled(text: str) -> str:
    """Lower-case words one space apart, diacritics kept; how two spellings are told apart.

    Source: docs/method/search.md.
    """
    return _SEPARATORS.sub(" ", unicodedata.normalize("NFC", text).casefold()).strip()


def folded(text: str) -> str:
    """Lower-case words of plain letters one space apart: "Cải cách thể chế" is "cai cach the che".

    Decomposition does not take the bar off Đ; that is done by hand.

    Source: docs/method/search.md.
    """
    plain = unicodedata.normalize("NFD", text.casefold().translate(_BARRED_D))
    kept = "".join(letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Cf"))
    return _SEPARATORS.sub(" ", kept).strip()


def searchable(names: pd.DataFrame) -> pd.DataFrame:
    """Names prepared for `find`: one row per name, with its folded and its spelled form.

    Args:
        names: one row per name of a thing. Columns kind, entry_id, field (0 the name proper; the
            higher, the less a match says about the thing) and name.

    Raises:
        ColumnsMissing: a column is absent.

    Source: docs/method/search.md.
    """
    require_columns(names, NAME_COLUMNS)
    rows = names.loc[names["name"].notna(), list(NAME_COLUMNS)].drop_duplicates()
    rows = rows.assign(
        folded=[folded(str(name)) for name in rows["name"]],
        spelled=[spelled(str(name)) for name in rows["name"]],
    )
    return rows.loc[rows["folded"] != ""].reset_index(drop=True)


def find(names: pd.DataFrame, words: str) -> pd.DataFrame:
    """Things one of whose names holds all the words typed, closest first.

    Every word must begin a word of one and the same name. A name that is the words is closest,
    then one that begins with them, one that holds them in a row, one that holds them whole, one
    whose words begin with them, and last one that begins with them written together. Equally
    close names are ordered by field, then those spelled with the same diacritics first, then the
    shorter. Words without a letter or digit find nothing.

    Args:
        names: what `searchable` returned.
        words: as typed, with or without diacritics.

    Returns:
        One row per (kind, entry_id): the name that answers best, with closeness 1 (best) to 6 and
        field, best first.

    Source: docs/method/search.md.
    """
    asked = folded(words)
    if not asked:
        return pd.DataFrame(columns=list(HIT_COLUMNS))
    padded = " " + names["folded"] + " "
    parts = asked.split()
    has_words, has_prefixes = (
        pd.concat(
            [padded.str.contains(f" {part}{end}", regex=False) for part in parts], axis=1
        ).all(axis=1)
        for end in (" ", "")
    )
    joined = asked.replace(" ", "")
    is_joined = names["folded"].str.replace(" ", "", regex=False).str.startswith(joined)
    closeness = pd.Series(pd.NA, index=names.index, dtype="Int64")
    for level, answers in (
        (JOINED, is_joined & (len(joined) >= JOINED_LENGTH)),
        (PREFIXES, has_prefixes),
        (WORDS, has_words),
        (PHRASE, padded.str.contains(f" {asked} ", regex=False)),
        (BEGINS, padded.str.startswith(f" {asked}")),
        (SAME, names["folded"] == asked),
    ):
        closeness = closeness.mask(answers, level)
    is_spelled = (" " + names["spelled"]).str.contains(f" {spelled(words)}", regex=False)
    hits = names.assign(
        closeness=closeness, is_misspelled=~is_spelled, length=names["folded"].str.len()
    )
    hits = hits.loc[hits["closeness"].notna()].sort_values(
        ["closeness", "field", "is_misspelled", "length", "folded", "kind", "entry_id"],
        kind="stable",
    )
    hits = hits.drop_duplicates(["kind", "entry_id"])
    return hits[list(HIT_COLUMNS)].reset_index(drop=True)
