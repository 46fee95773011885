"""Commands that answer from published figures: places, targets, reasons, needs and estimates."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from analytics.board import Knowledge
from analytics.board import board as target_board
from analytics.climb import climb
from analytics.composition import FIRMS, Sizes, WeightBasis, Weights, firm_sizes
from analytics.explanation import explanation, rank_chance
from analytics.field import ComponentNotFound
from analytics.merger import UnitEnded
from analytics.merger import lens as merger_lens
from analytics.outcome import outcome
from analytics.scenario import ChangeClash, Peers, ScoreOutOfScale
from analytics.schema import EditionsReversed
from briefing import climb as climb_words
from briefing import climb_records, lens_records, records, why_records
from briefing import explain as why
from commands.console import (
    AsJson,
    AsOf,
    Component,
    From,
    Index,
    To,
    Unit,
    Year,
    app,
    print_json,
    refused,
)
from commands.reading import (
    held,
    live_components,
    read_any_year,
    read_component,
    read_day,
    read_edition,
    read_index,
    read_present_unit,
    read_rank,
    read_unit,
    read_year,
    register,
    shorts,
    unit_names,
)
from data.sizes import read_sizes
from locales import form, named, t
from locales.calendar import years_to_ask

Gain = Annotated[int, typer.Option(min=1, max=62, help=t("lens.option_gain"))]

WeightsBy = Annotated[str, typer.Option("--weights", help=t("lens.option_weights"))]

WeightsTable = Annotated[Path | None, typer.Option(help=t("lens.option_weights_table"))]


@app.command(help=t("manage.board"))
def board(unit: Unit, year: Year, as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Every target of one unit in one year, judged as known on a day."""
    known, day = held(), read_day(as_of)
    edition = read_any_year(year, known)
    unit_id, unit_name = read_unit(unit, edition)
    rows = target_board(known, unit_id=unit_id, edition=edition, as_of=day)
    if as_json:
        print_json(records.target_records(rows))
    elif rows.empty:
        typer.echo(t("targets.empty", unit=unit_name, year=edition))
    else:
        typer.echo(t("manage.board_title", unit=unit_name, year=edition, day=form.day(day)))
        typer.echo(records.target_text(rows, shorts(known)))


@app.command(help=t("manage.ranks"))
def ranks(index: Index, year: Year, component: Component = None, as_json: AsJson = False) -> None:
    """The league table of one index or component in one year."""
    known = held()
    entry, _, edition = read_edition(index, year, known)
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


@app.command(help=t("why.manage.explain"))
def explain(
    index: Index,
    unit: Unit,
    since: From,
    until: To,
    component: Component = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Why the place of one unit on one line changed between two years."""
    known, day = held(), read_day(as_of)
    entry, editions, edition = read_edition(index, until, known)
    baseline = read_year(since, editions["edition"])
    if baseline >= edition:
        raise refused("why.manage.reversed", baseline=baseline, year=edition)
    unit_id, _ = read_unit(unit, edition)
    part = read_component(component or entry["index_id"], entry, edition, known)
    made = explanation(
        known,
        unit_id=unit_id,
        index_id=entry["index_id"],
        component_id=part["component_id"],
        baseline=baseline,
        edition=edition,
        as_of=day,
    )
    if as_json:
        print_json(why_records.explanation_record(made, unit_names(known)))
    else:
        typer.echo(why.paragraph(made, unit_names(known)))


@app.command(help=t("why.manage.probability"))
def probability(
    index: Index,
    unit: Unit,
    year: Year,
    to_rank: Annotated[str, typer.Option("--to-rank", help=t("why.manage.option_to_rank"))],
    component: Component = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """How likely one unit reached a place, from published standard errors."""
    known, day = held(), read_day(as_of)
    entry, editions, edition = read_edition(index, year, known)
    unit_id, unit_name = read_unit(unit, edition)
    part = read_component(component or entry["index_id"], entry, edition, known)
    chance = rank_chance(
        known,
        unit_id=unit_id,
        index_id=entry["index_id"],
        component_id=part["component_id"],
        edition=edition,
        to_rank=read_rank(to_rank, edition, editions),
        as_of=day,
    )
    if as_json:
        print_json(why_records.chance_record(chance, entry["index_id"], unit_names(known)))
    else:
        is_total = part["component_id"] == entry["index_id"]
        line = entry["short"] if is_total else f"{entry['short']} {part['code']}"
        typer.echo(why.chance_words(chance, unit_name, line, day))


@app.command(help=t("gap.about"))
def gap(
    index: Index,
    unit: Unit,
    year: Year,
    to_rank: Annotated[str | None, typer.Option(help=t("gap.option_to_rank"))] = None,
    component: Component = None,
    moving: Annotated[bool, typer.Option("--moving", help=t("gap.option_moving"))] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Points one unit needs for a place, on the table as it stands and with moving rivals."""
    known, day = held(), read_day(as_of)
    entry, editions, edition = read_edition(index, year, known)
    unit_id, _ = read_unit(unit, edition)
    part = read_component(component or entry["index_id"], entry, edition, known)
    made = climb(
        known,
        unit_id=unit_id,
        index_id=entry["index_id"],
        edition=edition,
        as_of=day,
        to_rank=None if to_rank is None else read_rank(to_rank, edition, editions),
        component_id=part["component_id"],
    )
    names = unit_names(known)
    if as_json:
        print_json(climb_records.gap_record(made, names, moving=moving))
        return
    for line in climb_words.lines(made, names, moving_too=moving):
        typer.echo(line)
    if made.is_given:
        typer.echo(climb_words.path(made, names))


@app.command(help=t("whatif.about"))
def whatif(
    index: Index,
    unit: Unit,
    year: Year,
    changes: Annotated[list[str] | None, typer.Option("--set", help=t("whatif.option_set"))] = None,
    moving: Annotated[bool, typer.Option("--moving", help=t("whatif.option_moving"))] = False,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """Score, place and group one unit would have with other component scores."""
    known, day = held(), read_day(as_of)
    entry, _, edition = read_edition(index, year, known)
    unit_id, unit_name = read_unit(unit, edition)
    parts = live_components(entry, edition, known)
    labels = {row["component_id"]: f"{row['code']}. {named(row)}" for _, row in parts.iterrows()}
    labels[entry["index_id"]] = entry["short"]
    shifts, scores = read_changes(changes or [], entry, edition, known)
    try:
        made = outcome(
            known,
            unit_id=unit_id,
            index_id=entry["index_id"],
            edition=edition,
            as_of=day,
            changes=shifts,
            scores=scores,
            peers=Peers.MOVING if moving else Peers.FIXED,
        )
    except ComponentNotFound as fault:
        said = labels.get(fault.component_id, fault.component_id)
        raise refused("whatif.not_part", component=said) from None
    except ChangeClash as fault:
        over, under = (labels.get(c, c) for c in (fault.component_id, fault.part_id))
        raise refused("whatif.clash", component=over, part=under) from None
    except ScoreOutOfScale as fault:
        raise refused(
            "whatif.out_of_scale",
            component=labels.get(fault.component_id, fault.component_id),
            score=form.number(fault.score),
            lowest=form.number(fault.lowest),
            highest=form.number(fault.highest),
        ) from None
    if as_json:
        print_json(climb_records.whatif_record(made, parts, unit=unit_name))
        return
    for line in climb_records.whatif_lines(made, labels, unit=unit_name, index=entry["short"]):
        typer.echo(line)


def read_changes(
    texts_given: list[str], entry: pd.Series, edition: int, known: Knowledge
) -> tuple[dict[str, float], dict[str, float]]:
    """Points added and scores set, by component_id: D1=+0.2 adds, D1=5.1 sets.

    Raises:
        Refused: none, not of that form, no component of the year, or one twice.
    """
    if not texts_given:
        raise refused("whatif.no_set")
    shifts: dict[str, float] = {}
    scores: dict[str, float] = {}
    for text in texts_given:
        code, _, value = (half.strip() for half in text.partition("="))
        # A decimal comma is what people here type.
        number = re.fullmatch(r"([+\-−]?)(\d{1,6}(?:[.,]\d{1,12})?)", value)
        if not code or number is None:
            raise refused("whatif.wrong_set", asked=text)
        component_id = str(read_component(code, entry, edition, known)["component_id"])
        if component_id in shifts or component_id in scores:
            raise refused("whatif.set_twice", component=code)
        amount = float(number[2].replace(",", "."))
        if number[1]:
            shifts[component_id] = amount if number[1] == "+" else -amount
        else:
            scores[component_id] = amount
    return shifts, scores


def _weights(asked: str, table: Path | None, known: Knowledge) -> Weights:
    """The weights meant: named ones, or firms from a table handed over or held.

    Raises:
        Refused: no such weights, or no table of firms.
        SizesFault: the table cannot be used.
    """
    if table is not None:
        try:
            return Sizes(FIRMS, read_sizes(table.read_bytes(), register()))
        except OSError as fault:
            raise refused("lens.no_table", path=table, fault=fault.strerror) from None
    held_sizes = firm_sizes(known.tables.unit_facts)
    if asked == FIRMS and held_sizes is not None:
        return held_sizes
    names = [*WeightBasis, *([] if held_sizes is None else [FIRMS])]
    if asked not in names:
        raise refused("lens.unknown_weights", asked=asked, known=", ".join(names))
    return asked


@app.command(help=t("lens.command"))
def lens(
    unit: Unit,
    index: Index,
    first: From,
    last: To,
    component: Component = None,
    gain: Gain = 5,
    weights: WeightsBy = WeightBasis.POPULATION.value,
    weights_table: WeightsTable = None,
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """One rank target across a change of units: the official verdict, and estimates beside it."""
    known, day = held(), read_day(as_of)
    entry = read_index(index, known)
    editions = known.tables.editions
    out = (editions["index_id"] == entry["index_id"]) & (
        pd.to_datetime(editions["published_on"]) <= pd.Timestamp(day)
    )
    years = editions.loc[out, "edition"]
    later = {y for y in years_to_ask(editions["edition"]) if y < day.year} - {*editions["edition"]}
    baseline, wanted = read_year(first, years), read_year(last, [*years, *later])
    # Of a year nobody has published on, the estimates use the last one that is out.
    edition = wanted if wanted in set(years) else int(years.max())
    if edition <= baseline < wanted:
        raise refused("merger.no_years", index=entry["short"], year=wanted, baseline=baseline)
    part = read_component(component or entry["index_id"], entry, edition, known)
    by = _weights(weights, weights_table, known)
    unit_id = read_present_unit(unit)
    try:
        seen = merger_lens(
            known, unit_id=unit_id, index_id=entry["index_id"], baseline=baseline,
            edition=edition, component_id=part["component_id"], gain=gain, weights=by,
            as_of=day,
        )  # fmt: skip
    except EditionsReversed:
        raise refused("lens.reversed", from_=baseline, to=edition) from None
    except UnitEnded as fault:
        names = ", ".join(fault.successors)
        raise refused("lens.ended", unit=unit, year=edition, names=names) from None
    if as_json:
        print_json(lens_records.lens_record(seen, known.tables.units))
    else:
        said = (seen, known.tables.units, entry["short"], entry["decimals"])
        if wanted != edition:
            asked_for = {"index": entry["short"], "edition": edition, "baseline": baseline}
            typer.echo(t("merger.other_years", **asked_for))
        typer.echo(lens_records.lens_text(*said))
