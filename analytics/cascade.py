"""A directive on its way down: who set what in which words, from the Party down to the district."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum

import pandas as pd

from analytics.targets import in_force


class Level(IntEnum):
    """Where an issuer stands in the chain of direction; lower comes first."""

    CENTRAL = 0
    PARTY = 1
    STEERING = 2
    PROVINCE = 3
    DEPARTMENT = 4
    DISTRICT = 5
    COMMUNE = 6
    OTHER = 7


# Read from the beginning of the issuer's name without marks.
_ISSUERS = (
    (Level.CENTRAL, r"bo chinh tri|ban bi thu|trung uong|quoc hoi|chinh phu|thu tuong|"
                    r"van phong chinh phu|bo "),
    (Level.DISTRICT, r"(?:ban chi dao .*)?(?:ubnd|uy ban nhan dan|huyen uy|thanh uy|thi uy|hdnd) "
                     r"?(?:huyen|quan|thi xa|thanh pho thuoc|tp\.)|huyen uy|thi uy"),
    (Level.COMMUNE, r"(?:ubnd|uy ban nhan dan|dang uy|hdnd) (?:xa|phuong|thi tran|dac khu)"),
    (Level.PARTY, r"tinh uy|thanh uy|ban chap hanh dang bo|ban thuong vu"),
    (Level.STEERING, r"ban chi dao|bcd"),
    (Level.PROVINCE, r"ubnd|uy ban nhan dan|hdnd|hoi dong nhan dan|chu tich ubnd|van phong ubnd"),
    (Level.DEPARTMENT, r"so |ban |cuc |chi cuc|thanh tra|cong an|bao hiem"),
)  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A run of words of one text beside another: same, only here, or only there."""

    state: str
    words: str


SAME, ADDED, DROPPED = "same", "added", "dropped"


def issuer_level(issuer: str) -> Level:
    """Where an issuer stands, by how its name begins; OTHER where it says nothing.

    Source: docs/method/register.md.
    """
    marked = unicodedata.normalize("NFD", issuer.casefold().replace("đ", "d"))
    plain = " ".join("".join(c for c in marked if not unicodedata.combining(c)).split())
    for level, words in _ISSUERS:
        if re.match(words, plain + " "):
            return level
    return Level.OTHER


def word_differences(before: str, after: str) -> list[Piece]:
    """What the second text says otherwise than the first, word by word.

    Capitals and the marks around a word count; blanks and line breaks do not.

    Returns:
        Pieces that put together in order, without the dropped ones, give the second text, and
        without the added ones the first.

    Source: docs/method/register.md.
    """
    first, second = before.split(), after.split()
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, first, second, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append(Piece(SAME, " ".join(second[c:d])))
            continue
        if b > a:
            pieces.append(Piece(DROPPED, " ".join(first[a:b])))
        if d > c:
            pieces.append(Piece(ADDED, " ".join(second[c:d])))
    return pieces


def chain(
    documents: pd.DataFrame,
    links: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    unit_id: str,
    edition: int,
) -> pd.DataFrame:
    """The documents that direct one province's year, from the Party down.

    These are the documents with a target for that year, and the documents of the province that
    those replace, or cite from above: a resolution that sets the line may hold no target of its
    own, while a plan of the same office that is merely mentioned directs nobody.

    Args:
        documents: one row per document_id, with issuer, issued_on, unit_id, state.
        links: one row per (from_document_id, to_document_id, relation).
        targets: rows of the target table.
        unit_id: the province.
        edition: the year directed.

    Returns:
        Rows of `documents` with level (`Level`), n_targets and is_superseded, by level and day.

    Source: docs/method/register.md.
    """
    own = _targets_of(targets, unit_id, edition)
    counts = own.groupby("document_id").size()
    named = set(counts.index)
    levels = {
        str(key): int(issuer_level(str(issuer)))
        for key, issuer in zip(
            documents["document_id"], documents["issuer"].fillna(""), strict=True
        )
    }
    above = {
        str(link["to_document_id"])
        for link in links.to_dict("records")
        if link["from_document_id"] in named
        and (
            link["relation"] == "supersedes"
            or levels.get(str(link["to_document_id"]), Level.OTHER)
            < levels.get(str(link["from_document_id"]), Level.OTHER)
        )
    }
    is_ours = documents["document_id"].isin(named) | (
        documents["document_id"].isin(above) & (documents["unit_id"] == unit_id)
    )
    rows = documents.loc[is_ours & (documents["state"] != "withdrawn")].copy()
    rows["level"] = rows["document_id"].map(levels)
    rows["n_targets"] = rows["document_id"].map(counts).fillna(0).astype("int64")
    replaced = links.loc[links["relation"] == "supersedes", "to_document_id"]
    rows["is_superseded"] = rows["document_id"].isin(replaced)
    rows["_day"] = pd.to_datetime(rows["issued_on"])
    return rows.sort_values(["level", "_day", "document_id"]).drop(columns="_day").reset_index(
        drop=True
    )  # fmt: skip


def side_by_side(
    targets: pd.DataFrame, *, unit_id: str, edition: int, document_ids: list[str]
) -> pd.DataFrame:
    """What each document of a chain asks of each component.

    Args:
        targets: rows of the target table.
        unit_id: the province.
        edition: the year directed.
        document_ids: documents in the order of the chain.

    Returns:
        One row per (index_id, component_id, document_id) with a target: kinds and target_ids
        (tuples, in order of target_id), clause (the words, once each), n_documents (how many
        documents of the chain ask something of that component), ordered by component, then chain.

    Source: docs/method/register.md.
    """
    own = _targets_of(targets, unit_id, edition)
    own = own.loc[own["document_id"].isin(document_ids)].sort_values("target_id")
    place = {name: at for at, name in enumerate(document_ids)}
    rows = [
        {
            "index_id": key[0], "component_id": key[1], "document_id": key[2],
            "kinds": tuple(part["kind"]), "target_ids": tuple(part["target_id"]),
            "clause": " … ".join(dict.fromkeys(part["clause"].dropna())),
            "_place": place[str(key[2])],
        }
        for key, part in own.groupby(["index_id", "component_id", "document_id"])
    ]  # fmt: skip
    columns = ["index_id", "component_id", "document_id", "kinds", "target_ids", "clause"]
    if not rows:
        return pd.DataFrame(columns=[*columns, "n_documents"])
    frame = pd.DataFrame(rows)
    frame["n_documents"] = frame.groupby(["index_id", "component_id"])["document_id"].transform(
        "size"
    )
    frame = frame.sort_values(["index_id", "component_id", "_place"])
    return frame[[*columns, "n_documents"]].reset_index(drop=True)


def _targets_of(targets: pd.DataFrame, unit_id: str, edition: int) -> pd.DataFrame:
    own = targets.loc[targets["unit_id"] == unit_id]
    year = pd.Series(edition, index=own.index, dtype="Int64")
    return own.loc[in_force(own, year)]
