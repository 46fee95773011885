"""The command line: what the screens say, for scripts and scheduled jobs.

Answers go to stdout, faults to stderr in one sentence. Exit code 0 means answered, 2 that the
question was wrong, 1 that the store or the reference behind it cannot be used. The store is built
on the way where there is none, so a scheduled job may be the first to run; it may also run while
the app is serving, because readers and writers of the store never wait for each other.
"""

from __future__ import annotations

import getpass
import json
import re
import sys
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from typer.core import TyperGroup

from analytics.board import Knowledge, knowledge
from analytics.board import board as target_board
from analytics.climb import climb
from analytics.composition import WeightBasis
from analytics.consequences import Preview, preview
from analytics.explanation import explanation, rank_chance
from analytics.field import ComponentNotFound
from analytics.merger import EditionsReversed, UnitEnded
from analytics.merger import lens as merger_lens
from analytics.outcome import outcome
from analytics.scenario import ChangeClash, Peers, ScoreOutOfScale
from analytics.target_text import Lexicon, parse_targets
from briefing import climb as climb_words
from briefing import climb_records, lens_records, load_records, parse_records, records, why_records
from briefing import explain as why
from data import batches, queries
from data.batches import BatchFacts
from data.build import REFERENCE, ensure
from data.indices import CatalogueError, load_catalogue
from data.intake.checks import Context
from data.intake.load import Intake, edition_rows, figure_rows, intake
from data.intake.meaning import Choices
from data.intake.model import FileRefused
from data.intake.template import workbook
from data.store import StoreError, store
from data.units import (
    ReferenceFault,
    UnitError,
    UnitNotInForce,
    UnitOfOtherGeography,
    UnitRegister,
)
from locales import LANGUAGES, form, named, t, texts
from locales.calendar import in_store_time, store_now, today

WRONG_QUESTION, OUT_OF_ORDER, FAULTY = 2, 1, 1
# Units of the larger geography, for a year whose number of ranked units is not recorded.
MOST_UNITS = 64


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
From = Annotated[str, typer.Option("--from", help=t("lens.option_from"))]
To = Annotated[str, typer.Option("--to", help=t("lens.option_to"))]
Gain = Annotated[int, typer.Option(min=1, max=62, help=t("lens.option_gain"))]
WeightsBy = Annotated[str, typer.Option("--weights", help=t("lens.option_weights"))]


@app.command(help=t("manage.build"))
def build(
    without_figures: Annotated[
        bool, typer.Option("--without-figures", help=t("load.option_without_figures"))
    ] = False,
) -> None:
    """Bring the store up to the shipped reference."""
    target = store()
    is_new = ensure(target, with_figures=not without_figures)
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


def unit_names(known: Knowledge) -> dict[str, str]:
    """Name of every unit, by unit_id."""
    return dict(zip(known.tables.units["unit_id"], known.tables.units["name_vi"], strict=True))


def read_rank(text: str, edition: int, editions: pd.DataFrame) -> int:
    """The place meant.

    Raises:
        Refused: no place of that year's ranking.
    """
    n = editions.loc[editions["edition"] == edition, "n_ranked"].max()
    last = int(n) if pd.notna(n) else MOST_UNITS
    if not text.strip().isdecimal() or not 1 <= int(text) <= last:
        raise refused("why.manage.unknown_rank", asked=text, year=edition, n=last)
    return int(text)


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


@app.command(help=t("lens.command"))
def lens(
    unit: Unit,
    index: Index,
    first: From,
    last: To,
    component: Component = None,
    gain: Gain = 5,
    weights: WeightsBy = WeightBasis.POPULATION.value,
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
    baseline, edition = (read_year(year, editions.loc[out, "edition"]) for year in (first, last))
    part = read_component(component or entry["index_id"], entry, edition, known)
    if weights not in tuple(WeightBasis):
        raise refused("lens.unknown_weights", asked=weights, known=", ".join(WeightBasis))
    unit_id = read_present_unit(unit)
    try:
        seen = merger_lens(
            known, unit_id=unit_id, index_id=entry["index_id"], baseline=baseline,
            edition=edition, component_id=part["component_id"], gain=gain, weights=weights,
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
        typer.echo(lens_records.lens_text(*said))


@app.command(help=t("parse.command"))
def parse(
    sentence: Annotated[str, typer.Argument(help=t("parse.option_sentence"))],
    context_year: Annotated[
        str | None, typer.Option("--context-year", help=t("parse.option_context_year"))
    ] = None,
    as_json: AsJson = False,
) -> None:
    """The targets a sentence sets, for a person to confirm."""
    year = _read_new_year(context_year)
    ensure(store())
    indices, components = queries.indices(), queries.components()
    lexicon = Lexicon.from_frames(indices, components, queries.groups())
    targets = parse_targets(sentence, lexicon=lexicon, context_edition=year)
    if as_json:
        print_json([target.record() for target in targets])
    else:
        for line in parse_records.target_lines(targets, indices, components):
            typer.echo(line)


@app.command(help=t("load.about"))
def load(
    file: Annotated[Path, typer.Argument(help=t("load.option_file"))],
    index: Annotated[str | None, typer.Option(help=t("load.option_index"))] = None,
    year: Annotated[str | None, typer.Option(help=t("load.option_year"))] = None,
    sheet: Annotated[list[str] | None, typer.Option(help=t("load.option_sheet"))] = None,
    author: Annotated[str | None, typer.Option(help=t("load.option_author"))] = None,
    source: Annotated[str, typer.Option(help=t("load.option_source"))] = "",
    source_date: Annotated[str | None, typer.Option(help=t("load.option_source_date"))] = None,
    publish_at: Annotated[str | None, typer.Option(help=t("load.option_publish_at"))] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=t("load.option_dry_run"))] = False,
    yes: Annotated[bool, typer.Option("--yes", help=t("load.option_yes"))] = False,
    as_json: AsJson = False,
) -> None:
    """Read, judge, preview and, on consent, load one workbook."""
    content = _read_file(file)
    issued, shown_from = _read_date(source_date), _read_moment(publish_at)
    known = held(everything=True)
    wish = Choices(
        index_id=str(read_index(index, known)["index_id"]) if index else None,
        edition=_read_new_year(year),
        sheets=tuple(sheet or ()),
    )
    understood, seen, same = intake_of(content, file.name, known, wish, issued)
    if as_json:
        print_json(load_records.intake_record(understood, seen))
    else:
        for line in load_records.intake_lines(understood, seen, shorts(known), same):
            typer.echo(line)
    if understood.errors or seen is None:
        raise typer.Exit(FAULTY)
    if dry_run or seen.is_empty:
        return
    if not yes and not (sys.stdin.isatty() and not as_json and typer.confirm(t("load.ask"))):
        raise refused("load.needs_yes")
    facts = BatchFacts(
        author=author or getpass.getuser(),
        file_name=file.name,
        index_id=str(understood.proposal.index.value),
        source_title=source,
        source_date=issued,
        publish_at=shown_from,
    )
    batch = batches.load(
        store(), seen.cells, seen.editions, facts, content, seen_version=known.tables.version
    )
    batches.remember_layout(
        store(), facts.index_id, understood.proposal.fingerprint, understood.mapping,
        author=facts.author,
    )  # fmt: skip
    if not as_json:
        typer.echo(t("load.loaded", batch=batch))


@app.command("batches", help=t("load.about_batches"))
def list_batches(as_json: AsJson = False) -> None:
    """All loads, newest first."""
    ensure(store())
    rows = batches.batches(store())
    if as_json:
        print_json(load_records.batch_records(rows))
    elif rows.empty:
        typer.echo(t("load.no_batches"))
    else:
        typer.echo(load_records.batch_text(rows, store_now()))


@app.command(help=t("load.about_undo"))
def undo(
    batch: Annotated[str, typer.Argument(help=t("load.option_batch"))],
    author: Annotated[str | None, typer.Option(help=t("load.option_author"))] = None,
) -> None:
    """Take a load back."""
    ensure(store())
    try:
        batches.undo(store(), batch, author=author or getpass.getuser())
    except batches.BatchError as fault:
        raise Refused(*_halves(str(fault))) from None
    typer.echo(t("load.undone", batch=batch))


@app.command(help=t("load.about_template"))
def template(
    index: Index, year: Year, out: Annotated[Path, typer.Option(help=t("load.option_out"))]
) -> None:
    """Write the template workbook of one index and year."""
    known = held()
    index_id = str(read_index(index, known)["index_id"])
    edition = _read_new_year(year)
    made = workbook(index_id, edition or 0, load_catalogue(REFERENCE / "indices"), register())
    try:
        out.write_bytes(made)
    except OSError as fault:
        raise refused("load.not_written", file=out, why=fault.strerror) from None
    typer.echo(t("load.written", file=out))


def intake_of(
    content: bytes, name: str, known: Knowledge, wish: Choices, issued: date | None
) -> tuple[Intake, Preview | None, pd.DataFrame]:
    """A file understood and judged, with the preview of its load and earlier loads of it.

    Raises:
        Refused: the file is not read at all.
    """
    tables, units = known.tables, register()
    catalogue = load_catalogue(REFERENCE / "indices")
    context = Context(catalogue, units, tables.figures, tables.weights)
    kept = batches.all_layouts(store())
    try:
        understood = intake(content, name, context, remembered=kept, choices=wish)
    except FileRefused as fault:
        said = [load_records.fault_sentence(fault.key, fault.values, s) for s in LANGUAGES]
        raise Refused(said[0], said[1]) from None
    same = batches.same_file(store(), content)
    if not understood.is_loadable:
        return understood, None, same
    figures = figure_rows(understood.proposal)
    rows = edition_rows(
        figures, tables.editions, catalogue=catalogue, units=units, published_on=issued,
        today=today(),
    )  # fmt: skip
    return understood, preview(known, figures, rows, as_of=today()), same


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise refused("load.no_file", file=path) from None


def _read_new_year(text: str | None) -> int | None:
    """A year that need not be in the store yet."""
    if text is None:
        return None
    if not re.fullmatch(r"20\d\d|2100", text.strip()):
        raise refused("load.unknown_year", asked=text)
    return int(text)


def _read_date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise refused("load.unknown_date", asked=text) from None


def _read_moment(text: str | None) -> datetime | None:
    """A moment of the clock in Việt Nam, as the store keeps it."""
    try:
        return None if text is None else in_store_time(datetime.fromisoformat(text.strip()))
    except ValueError:
        raise refused("load.unknown_moment", asked=text) from None


def _halves(sentence: str) -> tuple[str, str]:
    """Vietnamese and English of a message that carries both."""
    vietnamese, _, english = sentence.partition(" (")
    return vietnamese, english.rstrip(")")


def shorts(known: Knowledge) -> dict[str, str]:
    """What each index is called in speech."""
    entries = known.tables.indices
    return dict(zip(entries["index_id"], entries["short"], strict=True))


@cache
def register() -> UnitRegister:
    """The shipped register of units."""
    return UnitRegister.load(REFERENCE)


def held(*, everything: bool = False) -> Knowledge:
    """What the store shows now, ranked; with `everything` also what is held back."""
    ensure(store())
    return knowledge(queries.tables(now=batches.END_OF_TIME if everything else None))


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


def read_edition(index: str, year: str, known: Knowledge) -> tuple[pd.Series, pd.DataFrame, int]:
    """The index meant, all its editions, and the edition of the year meant.

    Raises:
        Refused: not in the catalogue, or a year it has no edition of.
    """
    entry = read_index(index, known)
    editions = known.tables.editions
    editions = editions.loc[editions["index_id"] == entry["index_id"]]
    return entry, editions, read_year(year, editions["edition"])


def read_day(text: str | None) -> date:
    """The day whose knowledge is used, today by default.

    Raises:
        Refused: no day, or one that has not come yet.
    """
    latest = today()
    try:
        day = latest if text is None else date.fromisoformat(text.strip())
    except ValueError:
        raise refused("manage.unknown_day", asked=text) from None
    if day > latest:
        raise refused("manage.unknown_day", asked=text)
    return day


def read_unit(text: str, edition: int) -> tuple[str, str]:
    """Id and name of the unit meant, in the geography of the year.

    Raises:
        Refused: unknown, or a unit of another time; the sentence suggests what was meant.
    """
    english = texts("en")["manage.unknown_unit"].format(asked=text, year=edition)
    try:
        unit = register().resolve(text, on=date(edition, 12, 31))
    except UnitNotInForce as fault:
        # A unit that ended during the year was still measured in it: Hà Tây 2008.
        if fault.unit.valid_to is None or fault.unit.valid_to.year != edition:
            raise Refused(str(fault), english) from None
        unit = fault.unit
    except UnitError as fault:
        raise Refused(str(fault), english) from None
    return unit.unit_id, unit.name_vi


def read_present_unit(text: str) -> str:
    """Id of the present unit meant; a province that merged away means the unit it is part of.

    Raises:
        Refused: unknown, or split among several.
    """
    geography = register().geographies[-1]
    try:
        return register().resolve(text, geography=geography).unit_id
    except UnitOfOtherGeography as fault:
        if len(fault.counterparts) == 1:
            return fault.counterparts[0].unit_id
        names = ", ".join(unit.name_vi for unit in fault.counterparts)
        raise refused("lens.several", asked=text, names=names) from None
    except UnitError as fault:
        year = register().units_of(geography)[0].valid_from.year
        english = texts("en")["manage.unknown_unit"].format(asked=text, year=year)
        raise Refused(str(fault), english) from None


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
    parts = live_components(entry, edition, known)
    asked = text.strip().casefold()
    is_meant = parts["code"].str.casefold().eq(asked) | parts["component_id"].eq(asked)
    if not is_meant.any():
        codes, index = ", ".join(parts.loc[parts["role"] == "component", "code"]), entry["short"]
        raise refused(
            "manage.unknown_component", index=index, year=edition, asked=text, known=codes
        )
    part: pd.Series = parts.loc[is_meant].iloc[0]
    return part


def live_components(entry: pd.Series, edition: int, known: Knowledge) -> pd.DataFrame:
    """Components of an index as they are called in one year: one row per component_id."""
    parts = known.tables.components
    last = parts["to_edition"].fillna(edition)
    live: pd.DataFrame = parts.loc[
        (parts["index_id"] == entry["index_id"])
        & (parts["from_edition"] <= edition)
        & (last >= edition)
    ]
    return live


if __name__ == "__main__":
    app()
