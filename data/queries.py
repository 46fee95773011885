"""Questions to the store: one function per question, one tidy frame each.

Every function takes the snapshot to read (`Store.version()`), which also keys the caches above.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd

from analytics.schema import Tables
from data.store import Store, store


def clock() -> datetime:
    """The present moment as the store writes it: UTC, without a zone mark."""
    return datetime.now(UTC).replace(tzinfo=None)


def figures(
    index_id: str,
    *,
    edition: int | None = None,
    now: datetime | None = None,
    version: str | None = None,
    of: Store | None = None,
) -> pd.DataFrame:
    """Figures of one index that a moment shows: one row per (unit_id, component_id, edition).

    Args:
        index_id: the index.
        edition: one edition only; all of them when absent.
        now: moment (UTC) whose viewers are asked for; figures held back until later are left
            out, and what they will replace stays. The clock when absent.
        version: snapshot.
        of: store.
    """
    rows = (of or store()).frame(
        "figures", version=version, index_id=index_id, edition=edition, now=now or clock()
    )
    return rows.astype({"rank": "Int64", "edition": "int64"})


def n_figures(*, version: str | None = None, of: Store | None = None) -> int:
    """How many figures the store holds, held back or not."""
    return int((of or store()).frame("figure_count", version=version)["n_figures"].iloc[0])


def edition_marks(
    *, now: datetime | None = None, version: str | None = None, of: Store | None = None
) -> pd.DataFrame:
    """Number and checksum of the figures a moment shows: one row per (index_id, edition)."""
    return (of or store()).frame("edition_marks", version=version, now=now or clock())


def indices(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Indices of the catalogue: one row per index_id."""
    return (of or store()).frame("indices", version=version)


def components(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Components with names, codes and maxima by period: one row per (component_id, period)."""
    rows = (of or store()).frame("components", version=version)
    return rows.astype({"to_edition": "Int64"})


def editions(
    *, now: datetime | None = None, version: str | None = None, of: Store | None = None
) -> pd.DataFrame:
    """Editions with publication date and number ranked: one row per (index_id, edition)."""
    rows = (of or store()).frame("editions", version=version, now=now or clock())
    return rows.astype({"n_ranked": "Int64", "published_top": "Int64"})


def breaks(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Breaks of method: one row per (component_id, edition, kind)."""
    return (of or store()).frame("breaks", version=version)


def groups(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Group schemes: one row per (scheme_id, group_id)."""
    rows = (of or store()).frame("groups", version=version)
    return rows.astype({"to_edition": "Int64", "out_of": "Int64"})


def units(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Units of both geographies: one row per unit_id."""
    return (of or store()).frame("units", version=version)


def unit_links(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Mergers and renamings: one row per (from_unit_id, to_unit_id, effective_on)."""
    return (of or store()).frame("unit_links", version=version)


def unit_facts(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Population and area of units: one row per (unit_id, year, measure)."""
    return (of or store()).frame("unit_facts", version=version)


def national_figures(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Published means: one row per (component_id, edition, area, statistic)."""
    return (of or store()).frame("national_figures", version=version)


def standard_errors(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Published standard errors: one row per (unit_id, component_id, edition)."""
    return (of or store()).frame("standard_errors", version=version)


def weights(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Weights by era: one row per (component_id, from_edition)."""
    return (of or store()).frame("weights", version=version)


def targets(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Targets with document and agencies: one row per target_id.

    Targets, documents and agencies that people typed stand in place of the shipped ones of the
    same id; drafts and withdrawn targets are left out. `co_share` [0 to 1] is what each
    co-ordinating agency counts for where somebody said so.
    """
    rows = (of or store()).frame("targets", version=version)
    whole = ("baseline_edition", "first_edition", "last_edition", "footnote_rank", "footnote_n",
             "footnote_edition", "out_of")  # fmt: skip
    return rows.astype(dict.fromkeys(whole, "Int64"))


def documents(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Documents, shipped and typed, with their state: one row per document_id."""
    return (of or store()).frame("documents", version=version)


def agencies(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """Agencies, shipped and typed, without withdrawn ones: one row per agency_id."""
    return (of or store()).frame("agencies", version=version)


def measurements(*, version: str | None = None, of: Store | None = None) -> pd.DataFrame:
    """What offices report on their own targets: one row per (target_id, period)."""
    return (of or store()).frame("measurements", version=version)


def calculated_from(*, version: str | None = None, of: Store | None = None) -> str:
    """What `tables` of that snapshot follow from: two snapshots of which it is equal hold the same.

    Most of what people type (review sheets, plans, favourites) is not part of it, so that saving
    it does not make anybody's page calculate anew.
    """
    row = (of or store()).frame("calculated_from", version=version).iloc[0]
    return "|".join(str(value) for value in row)


def figures_from(*, version: str | None = None, of: Store | None = None) -> str:
    """The part of `calculated_from` that figures follow from, without what people type."""
    row = (of or store()).frame("calculated_from", version=version).iloc[0]
    return "|".join(str(value) for value in row.drop(["n_changes", "last_change"]))


def publish_moments(*, version: str | None = None, of: Store | None = None) -> list[datetime]:
    """Moments (UTC) at which held-back loads become visible, earliest first."""
    rows = (of or store()).frame("publish_moments", version=version)
    return [moment.to_pydatetime() for moment in rows["publish_at"]]


def tables(
    *,
    now: datetime | None = None,
    version: str | None = None,
    of: Store | None = None,
    with_figures: bool = True,
) -> Tables:
    """Everything the calculations need, all of it from one snapshot and for one moment.

    Without figures it is the catalogue, with the units, the targets and what is published of means.
    """
    source = of or store()
    moment = now or clock()
    pinned = version or source.version()
    catalogue = indices(version=pinned, of=source)
    wanted = list(catalogue["index_id"]) if with_figures else [""]
    held = [figures(index_id, now=moment, version=pinned, of=source) for index_id in wanted]
    return Tables(
        version=pinned,
        units=units(version=pinned, of=source),
        unit_links=unit_links(version=pinned, of=source),
        indices=catalogue,
        components=components(version=pinned, of=source),
        editions=editions(now=moment, version=pinned, of=source),
        breaks=breaks(version=pinned, of=source),
        groups=groups(version=pinned, of=source),
        national=national_figures(version=pinned, of=source),
        errors=standard_errors(version=pinned, of=source),
        weights=weights(version=pinned, of=source),
        targets=targets(version=pinned, of=source),
        figures=pd.concat(held, ignore_index=True),
        unit_facts=unit_facts(version=pinned, of=source),
        measurements=measurements(version=pinned, of=source),
    )
