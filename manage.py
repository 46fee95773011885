"""The command line: what the screens say, for scripts and scheduled jobs.

Answers go to stdout, faults to stderr in one sentence. Exit code 0 means answered, 2 that the
question was wrong, 1 that the store or the reference behind it cannot be used. The store is built
on the way where there is none, so a scheduled job may be the first to run; it may also run while
the app is serving, because readers and writers of the store never wait for each other.
"""

from __future__ import annotations

import json
import re
import sys
from datetime import UTC, date, datetime
from typing import Annotated, Any

import pandas as pd
import typer
from typer.core import TyperGroup

from analytics.board import Knowledge, knowledge
from analytics.board import board as target_board
from briefing import records
from data import queries
from data.build import REFERENCE, ensure
from data.indices import CatalogueError
from data.store import StoreError, store
from data.units import ReferenceFault, UnitError, UnitNotInForce, UnitRegister
from locales import LANGUAGES, form, named, t, texts

WRONG_QUESTION, OUT_OF_ORDER = 2, 1


class Refused(Exception):
    """A question that has no answer; the message is one sentence, Vietnamese first."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese} ({english})")


def refused(key: str, **values: Any) -> Refused:
    """The refusal of that key in both languages."""
    vietnamese, english = (texts(spoken)[key].format(**values) for spoken in LANGUAGES)
    return Refused(vietnamese, english)


class Commands(TyperGroup):
    """All commands; whatever fails is said in one sentence, never in a traceback."""

    def main(self, *args: Any, **options: Any) -> Any:
        """Run one command and end the process with its exit code."""
        for stream in (sys.stdout, sys.stderr):
            # A pipe on Windows is not UTF-8 by default and would refuse Vietnamese.
            stream.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
        try:
            code = super().main(*args, **{**options, "standalone_mode": False})
        except typer.TyperException as fault:
            code = _said(Refused(t("manage.usage"), fault.format_message()), WRONG_QUESTION)
        except Refused as fault:
            code = _said(fault, WRONG_QUESTION)
        except (StoreError, CatalogueError, ReferenceFault) as fault:
            code = _said(fault, OUT_OF_ORDER)
        sys.exit(code)


def _said(fault: Exception, code: int) -> int:
    typer.echo(str(fault), err=True)
    return code


app = typer.Typer(
    cls=Commands, help=t("manage.about"), add_completion=False, rich_markup_mode=None,
    pretty_exceptions_enable=False,
)  # fmt: skip

# Years and days are read here and not by Typer, so that a wrong one is told which ones exist.
Unit = Annotated[str, typer.Option(help=t("manage.option_unit"))]
Year = Annotated[str, typer.Option(help=t("manage.option_year"))]
AsOf = Annotated[str | None, typer.Option(help=t("manage.option_as_of"))]
Index = Annotated[str, typer.Option(help=t("manage.option_index"))]
Component = Annotated[str | None, typer.Option(help=t("manage.option_component"))]
AsJson = Annotated[bool, typer.Option("--json", help=t("manage.option_json"))]


@app.command(help=t("manage.build"))
def build() -> None:
    """Bring the store up to the shipped reference."""
    target = store()
    is_new = ensure(target)
    typer.echo(t("manage.built" if is_new else "manage.unchanged", folder=target.folder))


@app.command(help=t("manage.board"))
def board(unit: Unit, year: Year, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Every target of one unit in one year, judged as known on a day."""
    known, day = held(), read_day(as_of)
    edition = read_year(year, known.tables.editions["edition"])
    unit_id, unit_name = read_unit(unit, edition)
    rows = target_board(known, unit_id=unit_id, edition=edition, as_of=day)
    if as_json:
        print_json(records.target_records(rows))
    elif rows.empty:
        typer.echo(t("targets.empty", unit=unit_name, year=edition))
    else:
        typer.echo(t("manage.board_title", unit=unit_name, year=edition, day=form.day(day)))
        entries = known.tables.indices
        shorts = dict(zip(entries["index_id"], entries["short"], strict=True))
        typer.echo(records.target_text(rows, shorts))


@app.command(help=t("manage.ranks"))
def ranks(index: Index, year: Year, component: Component = None, as_json: AsJson = False) -> None:
    """The league table of one index or component in one year."""
    known = held()
    entry = read_index(index, known)
    own = known.tables.editions["index_id"] == entry["index_id"]
    edition = read_year(year, known.tables.editions.loc[own, "edition"])
    part = read_component(component or entry["index_id"], entry, edition, known)
    rows = records.league_table(known, part["component_id"], edition)
    said = {"index": entry["short"], "component": named(part), "year": edition}
    if as_json:
        print_json(records.rank_records(rows))
    elif rows.empty:
        typer.echo(t("manage.ranks_empty", **said))
    else:
        typer.echo(t("manage.ranks_title", **said))
        typer.echo(records.rank_text(rows, entry["decimals"]))
        n, n_held = rows["n_ranked"].iloc[0], rows["rank"].count()
        if n_held < n:
            typer.echo(t("manage.ranks_held", held=n_held, n=n))


def held() -> Knowledge:
    """Everything in the store, ranked; the store is built first where there is none."""
    ensure(store())
    return knowledge(queries.tables())


def print_json(answer: Any) -> None:
    """The answer as JSON, in Vietnamese letters; a NaN would be no JSON and is refused."""
    typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2))


def read_year(text: str, editions: pd.Series) -> int:
    """The edition meant.

    Raises:
        Refused: not among `editions`; the sentence says which are.
    """
    years = sorted({int(year) for year in editions})
    for year in years:
        if text.strip() == str(year):
            return year
    raise refused("manage.unknown_year", asked=text, years=_spans(years))


def _spans(years: list[int]) -> str:
    """Years in words: 2011–2015, 2017."""
    ends = [year for year in years if year + 1 not in years]
    starts = [year for year in years if year - 1 not in years]
    return ", ".join(
        str(first) if first == last else f"{first}–{last}"
        for first, last in zip(starts, ends, strict=True)
    )


def read_day(text: str | None) -> date:
    """The day whose knowledge is used, today by default.

    Raises:
        Refused: no day, or one that has not come yet.
    """
    today = datetime.now(UTC).astimezone().date()
    try:
        day = today if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise refused("manage.unknown_day", asked=text) from None
    if day > today:
        raise refused("manage.unknown_day", asked=text)
    return day


def read_unit(text: str, edition: int) -> tuple[str, str]:
    """Id and name of the unit meant, in the geography of the year.

    Raises:
        Refused: unknown, or a unit of another time; the sentence suggests what was meant.
    """
    register = UnitRegister.load(REFERENCE)
    english = texts("en")["manage.unknown_unit"].format(asked=text, year=edition)
    try:
        unit = register.resolve(text, on=date(edition, 12, 31))
    except UnitNotInForce as fault:
        # A unit that ended during the year was still measured in it: Hà Tây 2008.
        if fault.unit.valid_to is None or fault.unit.valid_to.year != edition:
            raise Refused(str(fault), english) from None
        unit = fault.unit
    except UnitError as fault:
        raise Refused(str(fault), english) from None
    return unit.unit_id, unit.name_vi


def read_index(text: str, known: Knowledge) -> pd.Series:
    """The index meant by an id or a name in any usual spelling: PAR INDEX, parindex, par-index.

    Raises:
        Refused: not in the catalogue.
    """
    entries = known.tables.indices
    asked = _letters(text)
    is_meant = entries["index_id"].map(_letters).eq(asked) | entries["short"].map(_letters).eq(
        asked
    )
    if not is_meant.any():
        raise refused("manage.unknown_index", asked=text, known=", ".join(entries["index_id"]))
    entry: pd.Series = entries.loc[is_meant].iloc[0]
    return entry


def _letters(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()


def read_component(text: str, entry: pd.Series, edition: int, known: Knowledge) -> pd.Series:
    """The component meant by its code of that year (D2.1) or its id.

    Raises:
        Refused: not measured in that year.
    """
    parts = known.tables.components
    last = parts["to_edition"].fillna(edition)
    parts = parts.loc[
        (parts["index_id"] == entry["index_id"])
        & (parts["from_edition"] <= edition)
        & (last >= edition)
    ]
    asked = text.strip().casefold()
    is_meant = parts["code"].str.casefold().eq(asked) | parts["component_id"].eq(asked)
    if not is_meant.any():
        codes, index = ", ".join(parts.loc[parts["role"] == "component", "code"]), entry["short"]
        raise refused(
            "manage.unknown_component", index=index, year=edition, asked=text, known=codes
        )
    part: pd.Series = parts.loc[is_meant].iloc[0]
    return part


if __name__ == "__main__":
    app()
