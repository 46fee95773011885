"""Finding by name, against plain loops and against what people type."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.schema import ColumnsMissing
from analytics.search import HIT_COLUMNS, find, folded, searchable

NAMES = pd.DataFrame(
    [
        ("unit", "vn63-kon-tum", 0, "Kon Tum"),
        ("unit", "vn63-ha-nam", 0, "Hà Nam"),
        ("unit", "vn63-dak-nong", 0, "Đắk Nông"),
        ("unit", "vn63-dak-nong", 1, "Dac Nong"),
        ("unit", "vn63-ho-chi-minh", 0, "Hồ Chí Minh"),
        ("component", "par_index.institutions", 0, "Cải cách thể chế"),
        ("component", "par_index.institutions", 1, "PAR INDEX C2 Cải cách thể chế"),
        ("component", "papi.services", 0, "Cung ứng dịch vụ công"),
        ("component", "papi.procedures", 0, "Thủ tục hành chính công"),
        ("agency", "ktm-so-noi-vu", 0, "Sở Nội vụ tỉnh Kon Tum"),
        ("agency", "ktm-so-noi-vu", 1, "Sở Nội vụ"),
        ("document", "ktm-517-bcd-nc-2023", 0, "517/BCĐ-NC"),
        ("document", "ktm-1923-ubnd-nc-2022", 0, "1923/UBND-NC"),
        ("target", "517-01", 2, "Phấn đấu Chỉ số PAR INDEX tăng 05 bậc so với năm 2022"),
        ("document", "blank", 0, None),
    ],
    columns=["kind", "entry_id", "field", "name"],
)
READY = searchable(NAMES)


def ids(words: str) -> list[str]:
    return list(find(READY, words)["entry_id"])


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("kon tum", "vn63-kon-tum"),
        ("KONTUM", "vn63-kon-tum"),
        ("dak nong", "vn63-dak-nong"),
        ("Đắk Nông", "vn63-dak-nong"),
        ("dac nong", "vn63-dak-nong"),
        ("ho chi minh", "vn63-ho-chi-minh"),
        ("cai cach the che", "par_index.institutions"),
        ("par c2", "par_index.institutions"),
        ("so noi vu", "ktm-so-noi-vu"),
        ("517", "ktm-517-bcd-nc-2023"),
        ("517/bcd-nc", "ktm-517-bcd-nc-2023"),
        ("tang 05 bac", "517-01"),
    ],
)
def test_what_people_type_finds_what_they_mean(typed: str, first: str) -> None:
    assert ids(typed)[0] == first


def test_a_name_typed_in_decomposed_letters_is_the_same_name() -> None:
    assert ids(unicodedata.normalize("NFD", "Đắk Nông")) == ["vn63-dak-nong"]


def test_all_words_must_stand_in_one_name_of_the_thing() -> None:
    assert ids("kon tum ha nam") == []
    assert set(ids("kon tum")) == {"vn63-kon-tum", "ktm-so-noi-vu"}


def test_a_thing_with_several_names_is_listed_once_under_the_best() -> None:
    hits = find(READY, "so noi vu")
    assert list(hits["name"]) == ["Sở Nội vụ"]
    assert list(hits["closeness"]) == [1]


def test_words_of_signs_alone_find_nothing() -> None:
    for typed in ("", "   ", "/-–", "..."):
        found = find(READY, typed)
        assert found.empty
        assert list(found.columns) == list(HIT_COLUMNS)


def test_the_spelling_with_the_same_diacritics_comes_first() -> None:
    two = searchable(pd.DataFrame(
        [("unit", "a", 0, "Hạ Năm"), ("unit", "b", 0, "Hà Nam")], columns=list(NAMES.columns)
    ))  # fmt: skip
    assert list(find(two, "Hà Nam")["entry_id"]) == ["b", "a"]
    assert list(find(two, "Hạ Năm")["entry_id"]) == ["a", "b"]


def test_a_frame_without_names_is_refused() -> None:
    with pytest.raises(ColumnsMissing):
        searchable(NAMES.drop(columns="field"))


# ---------------------------------------------------------------------------- a second way


def slow_fold(text: str) -> list[str]:
    """Words letter by letter."""
    words, word = [], ""
    for letter in unicodedata.normalize("NFD", text.casefold()):
        if unicodedata.category(letter) in ("Mn", "Cf"):
            continue
        plain = "d" if letter in "đðɖ" else letter
        if plain.isalnum():
            word += plain
        elif word:
            words.append(word)
            word = ""
    return [*words, word] if word else words


def slow_closeness(name: str, typed: str) -> int | None:
    have, want = slow_fold(name), slow_fold(typed)
    if not want:
        return None
    if have == want:
        return 1
    if " ".join(have).startswith(" ".join(want)):
        return 2
    for start in range(len(have)):
        if have[start : start + len(want)] == want:
            return 3
    if all(word in have for word in want):
        return 4
    if all(any(other.startswith(word) for other in have) for word in want):
        return 5
    together = "".join(want)
    if len(together) >= 4 and "".join(have).startswith(together):
        return 6
    return None


def slow_find(typed: str) -> dict[tuple[str, str], int]:
    best: dict[tuple[str, str], int] = {}
    for kind, entry_id, _, name in NAMES.itertuples(index=False):
        if not isinstance(name, str):
            continue
        level = slow_closeness(name, typed)
        key = (kind, entry_id)
        if level is not None and level < best.get(key, 7):
            best[key] = level
    return best


PIECES = sorted({word for name in NAMES["name"].dropna() for word in folded(name).split()})
TYPED = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.sampled_from(PIECES).flatmap(
            lambda word: st.integers(1, len(word)).map(lambda n: word[:n])
        ),
    ),
    min_size=1,
    max_size=3,
).flatmap(lambda words: st.sampled_from([" ", "-", ""]).map(lambda sign: sign.join(words)))


@given(TYPED)
def test_plain_loops_find_the_same_things_as_close(typed: str) -> None:
    hits = find(READY, typed)
    quick = {
        (kind, entry_id): int(level)
        for kind, entry_id, level in zip(
            hits["kind"], hits["entry_id"], hits["closeness"], strict=True
        )
    }
    assert quick == slow_find(typed)
    assert list(hits["closeness"]) == sorted(hits["closeness"])


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_and_no_text_breaks_the_search(text: str) -> None:
    once = folded(text)
    assert folded(once) == once
    find(READY, text)


@given(st.sampled_from(list(NAMES["name"].dropna())))
def test_every_name_finds_its_own_thing_however_it_is_typed(name: str) -> None:
    own = set(NAMES.loc[NAMES["name"] == name, "entry_id"])
    for typed in (name, name.upper(), folded(name), f"  {name} "):
        assert own <= set(ids(typed))
