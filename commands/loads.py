"""Commands that bring figures into the store, list what came in, and take it back."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from analytics.board import Knowledge
from analytics.consequences import Preview, preview
from briefing import load_records
from commands.console import FAULTY, AsJson, Index, Refused, Year, app, print_json, refused
from commands.reading import (
    held,
    operator,
    read_date,
    read_index,
    read_moment,
    read_new_year,
    register,
    shorts,
)
from data import batches
from data.batches import BatchFacts
from data.build import REFERENCE, ensure
from data.indices import load_catalogue
from data.intake.checks import Context
from data.intake.load import Intake, edition_rows, figure_rows, intake
from data.intake.meaning import Choices
from data.intake.model import FileRefused
from data.intake.template import workbook
from data.store import store
from locales import LANGUAGES, t
from locales.calendar import store_now, today


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
    issued, shown_from = read_date(source_date), read_moment(publish_at)
    known = held(everything=True)
    wish = Choices(
        index_id=str(read_index(index, known)["index_id"]) if index else None,
        edition=read_new_year(year),
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
    signer = operator(author)
    facts = BatchFacts(
        file_name=file.name,
        index_id=str(understood.proposal.index.value),
        source_title=source,
        source_date=issued,
        publish_at=shown_from,
    )
    batch = batches.load(
        store(),
        seen.cells,
        seen.editions,
        facts,
        content,
        by=signer,
        seen_version=known.tables.version,
    )
    batches.remember_layout(
        store(), facts.index_id, understood.proposal.fingerprint, understood.mapping,
        by=signer,
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
        batches.undo(store(), batch, by=operator(author))
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
    edition = read_new_year(year)
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


def _halves(sentence: str) -> tuple[str, str]:
    """Vietnamese and English of a message that carries both."""
    vietnamese, _, english = sentence.partition(" (")
    return vietnamese, english.rstrip(")")
