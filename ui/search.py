"""One box that finds things by name, and the page that lists what it found.

Every result leads to the page of its subject with the parameters that show it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd
import streamlit as st

from analytics import search as method
from briefing.reviews import inert
from data import queries, register, teaching
from data.actors import Action, may
from data.records import DRAFT, WITHDRAWN
from data.store import store
from data.units import Unit, UnitError
from locales import form, language, named, t
from ui import help as guide
from ui import lens, loaders, terms, who
from ui import responsibility as agency_pages
from ui.choice import ALL, Choice

ADDRESS = "q"
BOX, ASKED, FIELD = "find_box", "find_asked", "w_q"
PAGE = "pages/search.py"
KINDS = ("unit", "component", "target", "agency", "document", "term", "page")
MOST = 8
LONGEST = 120
# A clause of a document fills half a page; its beginning tells it.
CLAUSE_LENGTH = 180
NAME, OTHER, BODY = 0, 1, 2
Name = tuple[str, str, int, Any]


# --------------------------------------------------------------------------------------- the box


def _submitted() -> None:
    st.session_state[ASKED] = st.session_state[BOX]
    st.session_state[BOX] = ""


def box() -> None:
    """The box of every page; what is typed there opens the page of results."""
    st.text_input(
        t("search.box"), key=BOX, max_chars=LONGEST, placeholder=t("search.hint"),
        icon=":material/search:", on_change=_submitted,
    )  # fmt: skip
    words = str(st.session_state.pop(ASKED, "")).strip()
    if words:
        st.session_state.pop(FIELD, None)
        st.switch_page(PAGE, query_params={ADDRESS: words})


def asked() -> str:
    """Draw the field of the page and return the words to look for; kept in the address."""
    address = st.query_params.get(ADDRESS, "")[:LONGEST]
    if FIELD not in st.session_state:
        st.session_state[FIELD] = address
    words: str = st.text_input(
        t("search.box"), key=FIELD, max_chars=LONGEST, placeholder=t("search.hint"),
        label_visibility="collapsed",
    ).strip()  # fmt: skip
    if words and words != address:
        st.query_params[ADDRESS] = words
    elif not words and ADDRESS in st.query_params:
        del st.query_params[ADDRESS]
    return words


# ------------------------------------------------------------------------------------- the names


def _names() -> Iterator[Name]:
    yield from _unit_names()
    yield from _component_names()
    for _, row in loaders.catalogue().targets.iterrows():
        key = str(row["target_id"])
        yield ("target", key, BODY, row["clause"])
        yield ("target", key, OTHER, row["target_id"])
    for _, row in queries.agencies().iterrows():
        for field, column in ((NAME, "name_vi"), (NAME, "short_vi"), (OTHER, "name_en")):
            yield ("agency", str(row["agency_id"]), field, row[column])
    for _, row in queries.documents().iterrows():
        for field, column in ((NAME, "number"), (OTHER, "title"), (BODY, "issuer")):
            yield ("document", str(row["document_id"]), field, row[column])
    for term in terms.terms():
        for name in (term.name.vi, term.name.en, *term.also):
            yield ("term", term.id, NAME, name)
    from ui.frame import PAGES

    for page in (name for pages in PAGES.values() for name in pages):
        yield ("page", page, NAME, t(f"{page}.nav"))


def _unit_names() -> Iterator[Name]:
    known = loaders.register()
    aliases = known.alias_frame()
    spellings = aliases.groupby("name_vi")["alias"].agg(list).to_dict()
    for geography in known.geographies:
        for unit in known.units_of(geography):
            key = ("unit", unit.unit_id)
            yield (*key, NAME, unit.name_vi)
            for name in (unit.name_en, *spellings.get(unit.name_vi, [])):
                yield (*key, OTHER, name)
            # Somebody who types an old name also looks for what it has become.
            for part in known.predecessors(unit.unit_id):
                yield (*key, OTHER, part.name_vi)
    for _, row in known.name_frame().iterrows():
        yield ("unit", str(row["unit_id"]), OTHER, row["name_vi"])
    units = loaders.catalogue().units
    for _, row in units.loc[~units["geography"].isin(known.geographies)].iterrows():
        yield ("unit", str(row["unit_id"]), NAME, row["name_vi"])
        yield ("unit", str(row["unit_id"]), OTHER, row["name_en"])


def _component_names() -> Iterator[Name]:
    tables = loaders.catalogue()
    shorts = dict(zip(tables.indices["index_id"], tables.indices["short"], strict=True))
    for _, row in tables.indices.iterrows():
        key = ("component", str(row["index_id"]))
        yield (*key, NAME, row["short"])
        yield (*key, NAME, row["name_vi"])
        yield (*key, OTHER, row["name_en"])
        yield (*key, BODY, row["publisher_vi"])
    for component_id, meaning in teaching.meanings().items():
        for text in (meaning.vi, meaning.en):
            yield ("component", component_id, BODY, text)
    for _, row in tables.components.iterrows():
        key = ("component", str(row["component_id"]))
        short = shorts[row["index_id"]]
        yield (*key, NAME, row["name_vi"])
        yield (*key, OTHER, row["name_en"])
        yield (*key, OTHER, row["code"])
        yield (*key, OTHER, f"{short} {row['code']} {row['name_vi']}")
        if not form.is_missing(row["aliases"]):
            for alias in str(row["aliases"]).split(";"):
                yield (*key, OTHER, alias)


# A resource, not data: one copy for all sessions. Never changed in place.
@st.cache_resource(max_entries=4, show_spinner=False)
def _searchable(stamp: str, spoken: str) -> pd.DataFrame:
    _ = (stamp, spoken)
    return method.searchable(pd.DataFrame(list(_names()), columns=list(method.NAME_COLUMNS)))


# ------------------------------------------------------------------------------------ the results


def results(choice: Choice, words: str) -> None:
    """What was found, by kind, the kind with the closest answer first; or why there is nothing."""
    if not words:
        st.info(t("search.empty"))
        return
    hits = method.find(_searchable(loaders.version(), t("search.nav")), words)
    hits = hits.loc[[_may_open(row) for _, row in hits.iterrows()]] if len(hits) else hits
    if hits.empty:
        st.info(t("search.none", asked=inert(words)))
        return
    st.markdown(t("search.found", n=form.whole(len(hits)), asked=inert(words)))
    best = hits.groupby("kind")["closeness"].min()
    for kind in sorted(best.index, key=lambda one: (best[one], KINDS.index(one))):
        mine = _own_first(choice, kind, hits.loc[hits["kind"] == kind])
        st.subheader(t(f"search.kind.{kind}"))
        for _, row in mine.head(MOST).iterrows():
            SHOWN[kind](choice, row)
        if len(mine) > MOST:
            st.caption(t("search.more", shown=form.whole(MOST), n=form.whole(len(mine))))


def _own_first(choice: Choice, kind: str, hits: pd.DataFrame) -> pd.DataFrame:
    """Of equally close names, units of the chosen year and agencies of the chosen unit first."""
    if kind == "unit":
        own = set(loaders.unit_names(choice.edition))
    elif kind == "agency":
        rows = queries.agencies()
        own = set(rows.loc[rows["unit_id"] == choice.unit_id, "agency_id"])
    else:
        return hits
    is_other = ~hits["entry_id"].isin(own)
    order = hits.assign(is_other=is_other).sort_values(
        ["closeness", "field", "is_other"], kind="stable"
    )
    return order.drop(columns="is_other")


def _may_open(hit: Any) -> bool:
    """Whether the person at the screen may see it: pages by role, drafts for who edits them."""
    from ui.frame import NEEDS

    if hit["kind"] == "document":
        rows = queries.documents()
        state = rows.loc[rows["document_id"] == hit["entry_id"], "state"].iloc[0]
        is_draft = state == DRAFT
        return state != WITHDRAWN and (not is_draft or may(who.actor(), Action.EDIT_REGISTER))
    need = NEEDS.get(str(hit["entry_id"])) if hit["kind"] == "page" else None
    return need is None or may(who.actor(), need)


def _link(page: str, label: str, query: Mapping[str, str], *context: str) -> None:
    with st.container(gap=None):
        st.page_link(f"pages/{page}.py", label=inert(label), query_params=dict(query))
        said = " · ".join(part for part in context if part)
        if said:
            st.caption(inert(said))


def _years(geography: str) -> list[int]:
    """Years with an edition that ranks the units of a geography, latest first."""
    rows = loaders.catalogue().editions
    rows = rows.loc[rows["geography"] == geography]
    return sorted({int(year) for year in rows["edition"]}, reverse=True)


def _heir(unit: Unit) -> Unit | None:
    try:
        return loaders.register().successor(unit.unit_id)
    except UnitError:
        return None


def _unit(choice: Choice, hit: Any) -> None:
    known, units = loaders.register(), loaders.catalogue().units
    row = units.loc[units["unit_id"] == hit["entry_id"]].iloc[0]
    if row["geography"] not in known.geographies:
        years = _years(str(row["geography"]))
        shown = choice.edition if choice.edition in years else next(iter(years), choice.edition)
        query = {"unit": str(row["unit_id"]), "year": str(shown), "index": ALL}
        _link("overview", named(row), query)
        return
    unit = known.unit(str(hit["entry_id"]))
    years = _years(unit.geography)
    last = unit.valid_to.year if unit.valid_to else None
    open_years = [year for year in years if last is None or year <= last]
    if unit.geography == known.geographies[-1]:
        parts = known.predecessors(unit.unit_id)
        names = ", ".join(_said(part) for part in parts)
        said = t("search.unit_new", parts=names) if len(parts) > 1 else t("search.unit_same")
        label = t("search.unit_label_now", name=_said(unit))
        if open_years:
            _link("overview", label, {"unit": unit.unit_id, "year": str(open_years[0])}, said)
        else:
            # No edition ranks it yet: what its parts achieved is what there is to see.
            _link("merger", label, {lens.NOW: unit.unit_id}, said)
        return
    heir = _heir(unit)
    year = choice.edition if choice.edition in open_years else next(iter(open_years), None)
    query = {"unit": unit.unit_id, "year": str(year)} if year else {"unit": unit.unit_id}
    said = ""
    if heir is not None and unit.valid_to is not None:
        is_kept = len(known.predecessors(heir.unit_id)) == 1
        key = "search.unit_kept" if is_kept else "search.unit_old"
        said = t(key, day=form.day(unit.valid_to), heir=_said(heir))
    _link("overview", t("search.unit_label", name=_said(unit), year=last), query, said)
    if heir is not None and heir.geography == known.geographies[-1]:
        st.page_link(
            "pages/merger.py", label=inert(f"→ {t('search.unit_heir', heir=_said(heir))}"),
            query_params={lens.NOW: heir.unit_id},
        )  # fmt: skip


def _said(unit: Unit) -> str:
    return unit.name_vi if form.is_vi() else unit.name_en


def _component(choice: Choice, hit: Any) -> None:
    component_id, tables = str(hit["entry_id"]), loaders.catalogue()
    rows = tables.components.loc[tables.components["component_id"] == component_id]
    rows = rows.sort_values("from_edition")
    # The period after a line was dropped only says so.
    rows = rows.loc[~rows["relation"].str.contains("dropped")]
    now = rows.iloc[-1]
    index_id = str(now["index_id"])
    first = int(rows["from_edition"].min())
    last = None if form.is_missing(now["to_edition"]) else int(now["to_edition"])
    held = tables.editions.loc[
        (tables.editions["index_id"] == index_id)
        & (tables.editions["geography"] == loaders.geography(choice.edition)),
        "edition",
    ]
    live = sorted(
        (int(one) for one in held if one >= first and (last is None or one <= last)), reverse=True
    )
    year = choice.edition if choice.edition in live else next(iter(live), choice.edition)
    span = (
        t("search.years_open", first=first) if last is None
        else t("search.years_closed", first=first, last=last)
    )  # fmt: skip
    short = loaders.index_short(index_id)
    label = short if component_id == index_id else f"{now['code']}. {named(now)}"
    folded_label = method.folded(f"{short} {label}")
    found = str(hit["name"])
    is_same = method.folded(found) in folded_label
    query = {"index": index_id, "year": str(year), "base": "", "component": component_id}
    if component_id == index_id:
        del query["component"]
    query = {key: value for key, value in query.items() if value}
    _link(
        "component", label, query,
        t("search.component_context", index=short, years=span, year=year),
        _meaning(component_id) if hit["field"] == BODY
        else "" if is_same else t("search.also", name=found),
    )  # fmt: skip


def _meaning(component_id: str) -> str:
    meaning = teaching.meanings().get(component_id)
    return "" if meaning is None else str(getattr(meaning, language()))


def _target(choice: Choice, hit: Any) -> None:
    rows = loaders.catalogue().targets
    row = rows.loc[rows["target_id"] == hit["entry_id"]].iloc[0]
    clause = str(row["clause"])
    label = clause if len(clause) <= CLAUSE_LENGTH else f"{clause[:CLAUSE_LENGTH].rstrip()}…"
    issued = row["document_issued_on"]
    first = row["first_edition"]
    if form.is_missing(first):
        first = choice.edition if form.is_missing(issued) else issued.year
    year = int(first)
    last = row["last_edition"]
    in_force = choice.edition >= year and (form.is_missing(last) or choice.edition <= int(last))
    shown = choice.edition if in_force else year
    query = {"unit": str(row["unit_id"]), "year": str(shown), "index": ALL}
    number = row["document_number"]
    if not form.is_missing(number):
        query["document"] = str(number)
    names = loaders.component_names(str(row["index_id"]), shown)
    _link(
        "targets", label, query,
        t(
            "search.target_context", unit=loaders.all_unit_names()[str(row["unit_id"])],
            index=loaders.index_short(str(row["index_id"])),
            component=names.get(str(row["component_id"]), t("gaps.total")),
            document=t("search.unnumbered") if form.is_missing(number) else str(number),
        ),
    )  # fmt: skip


def _agency(choice: Choice, hit: Any) -> None:
    rows = queries.agencies()
    row = rows.loc[rows["agency_id"] == hit["entry_id"]].iloc[0]
    unit_id = str(row["unit_id"])
    query = {agency_pages.WHO: str(row["agency_id"])}
    page = "responsibility"
    if unit_id in loaders.unit_names(choice.edition):
        query["unit"] = unit_id
    else:
        # No year of results knows this unit yet; the agency is shown under what stands there.
        page, parts = "agencies", loaders.register().predecessors(unit_id)
        query = {"unit": parts[0].unit_id} if parts else {}
    unit = loaders.all_unit_names().get(unit_id, "")
    _link(page, named(row), query, unit)


def _document(choice: Choice, hit: Any) -> None:
    rows = queries.documents()
    row = rows.loc[rows["document_id"] == hit["entry_id"]].iloc[0]
    number = t("search.unnumbered") if form.is_missing(row["number"]) else str(row["number"])
    label = (
        t("search.document_plain", number=number) if form.is_missing(row["title"])
        else t("search.document_label", number=number, title=row["title"])
    )  # fmt: skip
    query = {"doc": str(row["document_id"])}
    unit_id = _unit_of(rows, row)
    if unit_id in loaders.unit_names(choice.edition):
        query["unit"] = unit_id
    day = t("search.undated") if form.is_missing(row["issued_on"]) else form.day(row["issued_on"])
    issuer = "" if form.is_missing(row["issuer"]) else str(row["issuer"])
    context = t("search.document_context", issuer=issuer, day=day)
    _link("documents", label, query, context)


def _unit_of(rows: pd.DataFrame, row: Any) -> str:
    """Whose document it is; of a central one, a province whose document cites it."""
    if not form.is_missing(row["unit_id"]):
        return str(row["unit_id"])
    links = register.document_links(store())
    citing = links.loc[links["to_document_id"] == row["document_id"], "from_document_id"]
    owners = rows.loc[rows["document_id"].isin(citing), "unit_id"].dropna()
    return str(owners.iloc[0]) if len(owners) else ""


def _term(choice: Choice, hit: Any) -> None:
    _ = choice
    term = terms.by_id()[str(hit["entry_id"])]
    name = terms.name(term)
    _link("glossary", name, {guide.ADDRESS: name}, terms.definition(term))


def _page(choice: Choice, hit: Any) -> None:
    _ = choice
    _link(str(hit["entry_id"]), str(hit["name"]), {})


SHOWN = {
    "unit": _unit, "component": _component, "target": _target, "agency": _agency,
    "document": _document, "term": _term, "page": _page,
}  # fmt: skip
