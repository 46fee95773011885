"""Commands about agencies: who answers for what."""

from __future__ import annotations

import unicodedata
from typing import Annotated

import pandas as pd
import typer

from analytics.board import Knowledge
from analytics.explanation import Explanation, explanation
from analytics.field import ComponentNotFound
from analytics.responsibility import Responsibility, responsibility
from briefing import responsibility as words
from commands.console import AsJson, AsOf, Unit, Year, app, print_json, refused
from commands.reading import held, read_any_year, read_day, read_unit, shorts, unit_names
from data import agencies as register
from data import reviews
from data.store import store
from locales import t


@app.command(help=t("responsibility.command"))
def agency(
    unit: Unit,
    year: Year,
    agency: Annotated[str, typer.Option(help=t("responsibility.option_agency"))],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """What one agency answers for in one year."""
    known = held()
    edition = read_any_year(year, known)
    day = read_day(as_of)
    unit_id, unit_name = read_unit(unit, edition)
    agencies, links = register.agencies(store()), register.agency_links(store())
    agency_id = read_agency(agency, agencies.loc[agencies["unit_id"] == unit_id], unit_name)
    made = responsibility(
        known, unit_id=unit_id, edition=edition, as_of=day, agencies=agencies, links=links,
        assignments=register.assignments(store()), tasks=reviews.tasks(store()),
    )  # fmt: skip
    found = words.records(
        made, agency_id, names=dict(zip(agencies["agency_id"], agencies["name_vi"], strict=True)),
        shorts=shorts(known), effects=_effects(known, made, agency_id),
        unit_names=unit_names(known), people=register.people(store()),
    )  # fmt: skip
    if as_json:
        print_json(found)
    else:
        for line in words.lines(found):
            typer.echo(line)


def _effects(known: Knowledge, made: Responsibility, agency_id: str) -> dict[str, Explanation]:
    """Own score against rivals since the year before, for each component of one agency."""
    roles = made.roles.loc[made.roles["agency_id"] == agency_id]
    rows = made.components.loc[made.components["component_id"].isin(roles["component_id"])]
    found = {}
    for _, row in rows.iterrows():
        try:
            found[str(row["component_id"])] = explanation(
                known, unit_id=made.unit_id, index_id=str(row["index_id"]),
                component_id=str(row["component_id"]), baseline=made.edition - 1,
                edition=made.edition, as_of=made.as_of,
            )  # fmt: skip
        except ComponentNotFound:
            continue
    return found


def read_agency(text: str, agencies: pd.DataFrame, unit: str) -> str:
    """The agency meant by its id, its name or its short name, with or without diacritics.

    Raises:
        Refused: none of that name, or several; the sentence names what there is.
    """
    asked = _letters(text)
    for columns in (["agency_id", "name_vi", "name_en", "short_vi"], None):
        hits = [
            str(row["agency_id"])
            for _, row in agencies.iterrows()
            if (
                asked in _letters(str(row["name_vi"]))
                if columns is None
                else asked in [_letters(str(row[name])) for name in columns]
            )
        ]
        if asked and len(hits) == 1:
            return hits[0]
    raise refused(
        "responsibility.unknown_agency", asked=text, unit=unit,
        known=", ".join(agencies["short_vi"].dropna()) or "–",
    )  # fmt: skip


def _letters(text: str) -> str:
    """Letters without diacritics or case: "Sở Nội vụ" is "so noi vu"."""
    split = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return " ".join("".join(c for c in split if not unicodedata.combining(c)).split())
