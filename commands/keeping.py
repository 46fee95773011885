"""Commands of who looks after the machine: accounts, the audit trail, backups."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from briefing import keeping_records
from commands.console import FAULTY, AsJson, app, print_json, refused
from commands.reading import operator
from data import accounts, audit, backups
from data.actors import Role
from data.build import ensure
from data.store import store
from locales import t

account = typer.Typer(help=t("keeping.account"), rich_markup_mode=None, no_args_is_help=True)
trail = typer.Typer(help=t("keeping.audit"), rich_markup_mode=None, no_args_is_help=True)
app.add_typer(account, name="account")
app.add_typer(trail, name="audit")

Name = Annotated[str, typer.Argument(help=t("keeping.option_name"))]
RoleText = Annotated[str, typer.Option("--role", help=t("keeping.option_role"))]
Agency = Annotated[str | None, typer.Option("--agency", help=t("keeping.option_agency"))]
Folder = Annotated[Path, typer.Option("--to", help=t("keeping.option_to"))]
File = Annotated[Path, typer.Argument(help=t("keeping.option_file"))]


def read_role(text: str) -> Role:
    """The role meant, by its English code or its Vietnamese name.

    Raises:
        Refused: no role of ours.
    """
    for role in Role:
        if text.strip().casefold() in (str(role), t(f"role.{role}")):
            return role
    raise refused("keeping.unknown_role", asked=text, known=", ".join(Role))


@account.command("add", help=t("keeping.account_add"))
def add_account(
    name: Name,
    role: RoleText,
    full_name: Annotated[str, typer.Option("--full-name", help=t("keeping.option_full"))] = "",
    agency: Agency = None,
    email: Annotated[str | None, typer.Option(help=t("keeping.option_email"))] = None,
) -> None:
    """Make an account; its first password is shown once."""
    password = accounts.add(
        accounts.account_store(), name=name, full_name=full_name, role=read_role(role),
        agency_id=agency, email=email, by=operator(),
    )  # fmt: skip
    typer.echo(t("keeping.first_password", name=name.strip().casefold(), password=password))


@account.command("list", help=t("keeping.account_list"))
def list_accounts(as_json: AsJson = False) -> None:
    """All accounts."""
    kept = accounts.account_store()
    rows = accounts.accounts(kept) if kept.exists() else None
    if as_json:
        print_json(keeping_records.account_records(rows))
    elif rows is None or rows.empty:
        typer.echo(t("keeping.no_accounts"))
    else:
        typer.echo(keeping_records.account_text(rows))


@account.command("change", help=t("keeping.account_change"))
def change_account(
    name: Name,
    role: Annotated[str | None, typer.Option("--role", help=t("keeping.option_role"))] = None,
    agency: Agency = None,
    closed: Annotated[bool | None, typer.Option("--close/--open", help=t("keeping.close"))] = None,
) -> None:
    """Another role or agency, closed or opened again."""
    accounts.change(
        accounts.account_store(), name, by=operator(), role=read_role(role) if role else None,
        agency_id=agency, is_disabled=closed,
    )  # fmt: skip
    typer.echo(t("keeping.changed", name=name))


@account.command("reset", help=t("keeping.account_reset"))
def reset_account(name: Name) -> None:
    """A new first password, shown once."""
    password = accounts.reset(accounts.account_store(), name, by=operator())
    typer.echo(t("keeping.first_password", name=name, password=password))


@trail.command("verify", help=t("keeping.audit_verify"))
def verify_trail() -> None:
    """Whether any line of the audit trails was rewritten or taken out."""
    ensure(store())
    kept = accounts.account_store()
    found = [("figures", store())] + ([("accounts", kept)] if kept.exists() else [])
    is_whole = True
    for which, trails in found:
        breaks = audit.verify(trails)
        n = len(audit.entries(trails))
        for line in keeping_records.trail_lines(which, n, breaks):
            typer.echo(line)
        is_whole = is_whole and not breaks
    if not is_whole:
        raise typer.Exit(FAULTY)


@app.command(help=t("keeping.backup"))
def backup(
    to: Folder,
    keep: Annotated[int | None, typer.Option(min=1, help=t("keeping.option_keep"))] = None,
) -> None:
    """One file with the whole state, read back and checked before it counts."""
    ensure(store())
    made = backups.verify(backups.backup(store(), to, keep=keep).path)
    typer.echo(t("keeping.backed_up", file=made.path, n=made.n_files))


@app.command(help=t("keeping.verify"))
def verify(file: File) -> None:
    """Whether a backup could be put back."""
    found = backups.verify(file)
    typer.echo(t("keeping.verified", file=file, version=found.version, n=found.n_audit))


@app.command(help=t("keeping.restore"))
def restore(
    file: File,
    yes: Annotated[bool, typer.Option("--yes", help=t("keeping.option_yes"))] = False,
) -> None:
    """Put a backup back; the state before it stays beside it."""
    if not yes and not typer.confirm(t("keeping.ask_restore", file=file)):
        raise refused("keeping.not_restored")
    found = backups.restore(file, store(), by=operator())
    ensure(store())
    typer.echo(t("keeping.restored", version=found.version))
