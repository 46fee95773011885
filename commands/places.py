"""The command that computes places ahead of readers, for stores too large to be ranked at once."""

from __future__ import annotations

import typer

from analytics import board
from commands.console import app
from data import kept, queries
from data.build import ensure
from data.store import store
from locales import t


@app.command(help=t("large.command_about"))
def places() -> None:
    """Compute and keep the places of every edition that changed since."""
    ensure(store())
    if queries.n_figures() <= kept.LARGE:
        typer.echo(t("large.command_small"))
        return
    found = kept.kept_places(store(), board.ranked_and_grouped, method=board.METHOD)
    typer.echo(t("large.command_done", n=len(found.editions), folder=found.folder))
