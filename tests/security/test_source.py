"""What the source may not hold: SQL from strings, secrets, insecure calls, unlisted licences."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from urllib.parse import urlencode

import duckdb
import pytest

from data import shared_store
from data.store import StoreError
from tests import licences

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("analytics", "briefing", "charts", "commands", "data", "locales", "pages", "ui")
PRODUCT = sorted(
    [*(path for name in FOLDERS for path in (ROOT / name).rglob("*.py")), *ROOT.glob("*.py")]
)
# What else runs a statement, on the server of a shared store, and which argument that is.
ON_THE_SERVER = {"ask": 1, "tell": 1}
# Names of tables and schemas cannot be bound, nor can what a setting takes. What may stand in a gap
# of a statement, as it is written in the source; whoever adds a line says why it is no value of a
# person's. Each of the checks spoken of has its test below.
FILLINGS = {
    # Tables and columns of data/sql/schema.sql, and conditions that are constants.
    "data/build.py": {
        "table=table",
        "only=only",
        "names=', '.join(shared)",
        "names=', '.join((f'\"{name}\"' for name, _ in columns))",
        "values=', '.join((f'CAST(\"{name}\" AS {kind})' for name, kind in columns))",
        "on_conflict='ON CONFLICT DO NOTHING' if is_shared else ''",
    },
    # A path of ours with its quotes doubled; columns and numbers that are constants.
    "data/kept.py": {"path=path", "names=', '.join(order)", "values=values", "size=size"},
    "data/store.py": {"path=path"},
    "data/shared_store.py": {
        # Both schemas: a pattern says what the administrator may call them.
        "**self._names",
        "schema=schema",
        # The administrator's own address, and a path of ours, with their quotes doubled.
        "address=at.url.replace(\"'\", \"''\")",
        "path=path",
        "mode=mode",
        "mode=', READ_ONLY' if read_only else ''",
        # Numbers of ours.
        "seconds=LET_GO_SECONDS",
        "milliseconds=wait",
        # Names the server or this program gave, which a pattern has checked.
        "snapshot=snapshot",
        "version=name",
        # Tables and columns of the store and of a snapshot, which a pattern has checked.
        "table=table",
        "to=to",
        "to=f'\"{table}\"'",
        "names=names",
        "names=columns[table]",
        "source=source",
        "source=f'snapshot.main.\"{table}\"'",
    },
}  # fmt: skip
# Whole statements that come from elsewhere than a file: the schema, put together from files of
# data/sql; the engine's own words for a table of a snapshot; what the one caller below was handed;
# and two settings out of a constant.
HANDED = {
    "data/build.py": {"schema"},
    "data/store.py": {"self.schema"},
    "data/shared_store.py": {
        "schema", "self.schema", "statement", "*statement", "f'SET {name} = {value}'",
    },
}  # fmt: skip


def statements(tree: ast.AST) -> Iterator[tuple[ast.expr, ast.AST]]:
    """Everything that is run as a statement, with the function (or the file) it stands in."""
    waiting: list[tuple[ast.AST, ast.AST]] = [(tree, tree)]
    while waiting:
        node, inside = waiting.pop()
        if isinstance(node, ast.FunctionDef):
            inside = node
        waiting += [(child, inside) for child in ast.iter_child_nodes(node)]
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Attribute):
            if called.attr in ("execute", "executemany", "sql", "query") and node.args:
                yield node.args[0], inside
        elif isinstance(called, ast.Name) and called.id in ON_THE_SERVER:
            yield node.args[ON_THE_SERVER[called.id]], inside


def assigned(inside: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Every name that is given a value, with the value."""
    for one in ast.walk(inside):
        for to in one.targets if isinstance(one, ast.Assign) else ():
            if isinstance(to, ast.Tuple) and isinstance(one.value, ast.Tuple):
                pairs = list(zip(to.elts, one.value.elts, strict=True))
            else:
                pairs = [(to, one.value)]
            for name, value in pairs:
                yield from (
                    (part.id, value) for part in ast.walk(name) if isinstance(part, ast.Name)
                )


def is_fixed(node: ast.expr, inside: ast.AST, fillings: Collection[str]) -> bool:
    """Whether a statement is a constant or the text of a file, its gaps filled as allowed."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Name):
        given = [value for name, value in assigned(inside) if name == node.id]
        return bool(given) and all(is_fixed(one, inside, fillings) for one in given)
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "sql"
    return (
        isinstance(node.func, ast.Attribute)
        and node.func.attr == "format"
        and not node.args
        and {ast.unparse(one) for one in node.keywords} <= set(fillings)
        and is_fixed(node.func.value, inside, fillings)
    )


def loose(
    source: str, *, fillings: Collection[str] = (), handed: Collection[str] = ()
) -> list[str]:
    return [
        ast.unparse(node) for node, inside in statements(ast.parse(source))
        if not is_fixed(node, inside, fillings) and ast.unparse(node) not in handed
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "c.execute(f\"SELECT * FROM unit WHERE unit_id = '{unit_id}'\")",
        'c.execute("SELECT " + name)',
        'c.execute("SELECT {}".format(name))',
        'text = f"DELETE FROM {table}"\nc.execute(text)',
        "def f(text):\n    c.execute(text)",
        'c.execute(sql("unit").format(unit_id=typed))',
        'c.execute(sql("unit").format(typed))',
        'text = sql("unit")\nc.execute(text.format(schema=typed))',
        'tell(c, f"LOCK TABLE {typed}")',
        "def f(text):\n    return ask(c, text)",
    ],
)
def test_a_statement_put_together_from_strings_is_found(source: str) -> None:
    assert loose(source, fillings={"schema=schema", "**self._names"})


@pytest.mark.parametrize(
    "source",
    [
        'c.execute("SELECT 1", {"name": typed})',
        'text = sql("unit")\nc.execute(text, {"unit_id": typed})',
        'tell(c, sql("lock").format(schema=schema))',
    ],
)
def test_a_statement_out_of_a_file_is_none(source: str) -> None:
    assert loose(source, fillings={"schema=schema"}) == []


def test_statements_are_constants_or_files_and_values_are_bound() -> None:
    found = {}
    for path in PRODUCT:
        name = path.relative_to(ROOT).as_posix()
        bad = loose(
            path.read_text(encoding="utf-8"),
            fillings=FILLINGS.get(name, ()), handed=HANDED.get(name, ()),
        )  # fmt: skip
        if bad:
            found[name] = bad
    assert found == {}


GAPS = {
    # Tables, columns and conditions; where snapshots lie and how they are opened.
    "": {
        "table", "names", "values", "only", "on_conflict", "source", "to", "path", "mode", "size",
    },
    # What the server of a shared store is told besides.
    "shared_": {
        "address", "schema", "files", "mode", "seconds", "milliseconds", "snapshot", "version",
    },
}  # fmt: skip


def test_no_file_of_sql_leaves_a_gap_for_a_value() -> None:
    """Gaps are for names out of the schema and settings of ours; values have a $name."""
    for path in (ROOT / "data" / "sql").glob("*.sql"):
        statement = re.sub(r"^--.*$", "", path.read_text(encoding="utf-8"), flags=re.M)
        kind = "shared_" if path.name.startswith("shared_") else ""
        assert set(re.findall(r"\{(\w*)", statement)) <= GAPS[kind], path.name


@pytest.mark.parametrize("text", ["a'b", 'a"; DROP TABLE figure; --', "a b", "../a", "Ă", "x" * 99])
def test_a_name_for_a_statement_to_the_server_is_one_of_ours_or_refused(text: str) -> None:
    query = urlencode({"schema": text})
    with pytest.raises(StoreError, match="không phải địa chỉ"):
        shared_store.address(f"postgresql://an@127.0.0.1/rankings?{query}")
    with pytest.raises(StoreError, match="không còn trên máy chủ"):
        shared_store._checked(f"shared-00000001-0123456{text}")
    assert not shared_store._SNAPSHOT.fullmatch(f"00000003-{text}\n")


@pytest.mark.parametrize("name", ['x"; DROP TABLE unit; --', "x y", "Unit", "x'"])
@pytest.mark.parametrize("where", ["table", "column"])
def test_a_snapshot_with_names_that_are_not_ours_is_refused(name: str, where: str) -> None:
    quoted = '"' + name.replace('"', '""') + '"'
    table, column = (quoted, "a") if where == "table" else ("a", quoted)
    with duckdb.connect(":memory:") as connection:
        connection.execute("ATTACH ':memory:' AS snapshot")
        connection.execute(f"CREATE TABLE snapshot.main.{table} ({column} INTEGER)")
        with pytest.raises(StoreError, match="không phải tên bảng"):
            shared_store._columns(connection, "snapshot")
        if where == "table":
            with pytest.raises(StoreError, match="không phải tên bảng"):
                shared_store._tables(connection, "snapshot")


SECRETS = ("password", "token", "cookie", "secret", "hash")


def test_nothing_secret_is_logged_printed_or_put_into_an_address() -> None:
    found = []
    for path in PRODUCT:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            said = ast.unparse(node.func)
            is_log = re.search(r"(^|\.)(_?LOG|_?LOGGER|logging)\.\w+$", said) or said == "print"
            is_link = said.endswith(("query_params.__setitem__", "query_params.from_dict"))
            if is_log or is_link:
                words = " ".join(
                    one.id if isinstance(one, ast.Name) else one.attr
                    for argument in node.args for one in ast.walk(argument)
                    if isinstance(one, ast.Name | ast.Attribute)
                ).lower()  # fmt: skip
                if any(secret in words for secret in SECRETS):
                    found.append(f"{path.relative_to(ROOT)}: {ast.unparse(node)}")
    assert found == []


def test_nobody_writes_markup_into_a_page_through_markdown() -> None:
    found = [
        path.relative_to(ROOT).as_posix() for path in PRODUCT
        if "unsafe_allow_html" in path.read_text(encoding="utf-8")
    ]  # fmt: skip
    assert found == []


def test_no_secret_is_under_version_control() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False, text=True
    )
    if listed.returncode:
        pytest.skip("not a repository")
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    marks = (b"BEGIN PRIVATE " + b"KEY", b"BEGIN RSA PRIVATE " + b"KEY", b"client_" + b"secret =")
    names = [path.name for path in files]
    assert "secrets.toml" not in names
    for path in files:
        if path.is_file() and path.suffix not in (".png", ".woff2"):
            content = path.read_bytes()
            if path.name != "test_identity_provider.py":
                assert not any(mark in content for mark in marks), path


@pytest.mark.slow
def test_bandit_finds_nothing_in_what_is_shipped() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bandit", "-q", "-r", *FOLDERS, "app.py", "server.py", "manage.py"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:]


# What the program may be bound to: none of these asks that it be published under the same terms.
FREE = re.compile(
    r"^(MIT|MIT-0|MIT-CMU|BSD|3-Clause BSD|\d-Clause BSD|0BSD|Apache|ISC|PSF|Python Software|"
    r"Mozilla Public License 2\.0|Zlib|CC0)",
    re.IGNORECASE,
)


def is_free(licence: str) -> bool:
    """Whether every part that binds, or one of those to choose from, is a licence of the list."""
    choices = re.split(r"\s+OR\s+", licence)
    return any(
        all(FREE.match(part.strip("() ")) for part in re.split(r"\s+AND\s+|;", choice))
        for choice in choices
    )


def test_every_requirement_has_its_licence_listed_and_none_binds_the_program() -> None:
    listed = licences.listed()
    assert set(licences.required()) <= set(listed)
    assert {name: said for name, said in listed.items() if not is_free(said)} == {}


@pytest.mark.parametrize("licence", ["GPL-3.0", "UNKNOWN", "GPLv2; MIT", "AGPL-3.0 AND MIT", ""])
def test_a_licence_that_binds_or_is_unknown_is_not_free(licence: str) -> None:
    assert not is_free(licence)
