"""The command line itself: how commands run, their options, and faults said in one sentence."""

from __future__ import annotations

import json
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from data.indices import CatalogueError
from data.store import StoreError
from data.units import (
    ReferenceFault,
)
from locales import LANGUAGES, t, texts

WRONG_QUESTION, OUT_OF_ORDER, FAULTY = 2, 1, 1


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


def print_json(answer: Any) -> None:
    """The answer as JSON, in Vietnamese letters; a NaN would be no JSON and is refused."""
    typer.echo(json.dumps(answer, ensure_ascii=False, allow_nan=False, indent=2))
