"""Commands about the target register."""

from __future__ import annotations

from typing import Annotated

import typer

from analytics.target_text import Lexicon, parse_targets
from briefing import parse_records
from commands.console import AsJson, app, print_json
from commands.reading import read_new_year
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
) -> None:
    """The targets a sentence sets, for a person to confirm."""
    year = read_new_year(context_year)
    ensure(store())
    indices, components = queries.indices(), queries.components()
    lexicon = Lexicon.from_frames(indices, components, queries.groups())
    targets = parse_targets(sentence, lexicon=lexicon, context_edition=year)
    if as_json:
        print_json([target.record() for target in targets])
    else:
        for line in parse_records.target_lines(targets, indices, components):
            typer.echo(line)
