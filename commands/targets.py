"""Commands about the target register."""

from __future__ import annotations

from typing import Annotated, Any

import pandas as pd
import typer

from analytics.moved import moved_targets, published_between
from analytics.target_text import Lexicon, parse_targets
from briefing import parse_records
from briefing import register as words
from commands.console import AsJson, app, print_json
from commands.reading import held, read_any_year, read_day, read_new_year, read_unit
from data import queries
from data.build import ensure
from data.store import store
from locales import t


@app.command(help=t("parse.command"))
def parse(
    sentence: Annotated[str, typer.Argument(help=t("parse.option_sentence"))],
    context_year: Annotated[
        str | None, typer.Option("--context-year", help=t("parse.option_context_year"))
    ] = None,
    as_json: AsJson = False,
    with_details: Annotated[
        bool, typer.Option("--details", help=t("parse.option_details"))
    ] = False,
) -> None:
    """The targets a sentence sets, for a person to confirm."""
    year = read_new_year(context_year)
    ensure(store())
    indices, components = queries.indices(), queries.components()
    lexicon = Lexicon.from_frames(indices, components, queries.groups())
    targets = parse_targets(sentence, lexicon=lexicon, context_edition=year)
    if as_json:
        print_json([one.details() if with_details else one.record() for one in targets])
    else:
        for line in parse_records.target_lines(targets, indices, components):
            typer.echo(line)


@app.command(help=t("register.manage_moved"))
def moved(
    unit: Annotated[str, typer.Option(help=t("register.manage_unit"))],
    year: Annotated[str, typer.Option(help=t("register.manage_year"))],
    before: Annotated[str, typer.Option(help=t("register.manage_before"))],
    after: Annotated[str | None, typer.Option(help=t("register.manage_after"))] = None,
    as_json: AsJson = False,
) -> None:
    """Targets that two days judge differently, and what was published in between."""
    known = held()
    edition = read_any_year(year, known)
    unit_id, _ = read_unit(unit, edition)
    days = read_day(before), read_day(after)
    targets = known.tables.targets
    found = moved_targets(
        known, targets.loc[targets["unit_id"] == unit_id], editions=[edition],
        before=days[0], after=days[1],
    )  # fmt: skip
    out = published_between(known, before=days[0], after=days[1])
    if as_json:
        print_json({"published": _plain(out), "targets": _plain(found)})
        return
    marks = [int(found[name].sum()) for name in ("is_moved", "became_final", "is_turned")]
    typer.echo(words.moved_headline(*marks))
    for _, row in found.iterrows():
        said = f"{row['target_id']} {row['component_id']}: {words.requirement_moved(row)}"
        verdicts = [t(f"status.{row[f'status_{side}']}") for side in ("before", "after")]
        typer.echo(f"{said}; {' → '.join(dict.fromkeys(verdicts))}")


def _plain(rows: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows in plain values, nothing where a value is missing, days in ISO."""
    return [
        {
            str(name): None if pd.isna(value)
            else value.date().isoformat() if isinstance(value, pd.Timestamp)
            else value.item() if hasattr(value, "item") else value
            for name, value in row.items()
        }
        for row in rows.to_dict("records")
    ]  # fmt: skip
