"""What the source may not hold: SQL from strings, secrets, insecure calls, unlisted licences."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import licences

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("analytics", "briefing", "charts", "commands", "data", "locales", "pages", "ui")
PRODUCT = sorted(
    [*(path for name in FOLDERS for path in (ROOT / name).rglob("*.py")), *ROOT.glob("*.py")]
)
# Names of tables and columns cannot be bound; these come out of the schema in data/sql and nowhere
# else, and each module says so.
FROM_SCHEMA = {"data/build.py"}


def statements(tree: ast.AST) -> Iterator[ast.expr]:
    """The first argument of everything that runs a statement."""
    for node in ast.walk(tree):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if is_call and node.func.attr in ("execute", "executemany", "sql", "query") and node.args:
            yield node.args[0]


def is_fixed(node: ast.expr, tree: ast.AST) -> bool:
    """Whether a statement is a constant or the text of a file of data/sql."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "sql"
    if isinstance(node, ast.Name):
        given = [
            one.value for one in ast.walk(tree)
            if isinstance(one, ast.Assign)
            and any(node.id in {n.id for n in ast.walk(t) if isinstance(n, ast.Name)}
                    for t in one.targets)
        ]  # fmt: skip
        return bool(given) and all(
            "sql(" in ast.unparse(one) and not any(
                isinstance(part, ast.JoinedStr) and not _only_names(part) for part in ast.walk(one)
            )
            for one in given
        )  # fmt: skip
    # self.schema: the texts of data/sql, put together in Store.__init__.
    return ast.unparse(node) == "self.schema"


def _only_names(text: ast.JoinedStr) -> bool:
    return all(isinstance(one, ast.Constant | ast.FormattedValue) for one in text.values)


def loose(source: str) -> list[str]:
    tree = ast.parse(source)
    return [ast.unparse(node) for node in statements(tree) if not is_fixed(node, tree)]


@pytest.mark.parametrize(
    "source",
    [
        "c.execute(f\"SELECT * FROM unit WHERE unit_id = '{unit_id}'\")",
        'c.execute("SELECT " + name)',
        'c.execute("SELECT {}".format(name))',
        'text = f"DELETE FROM {table}"\nc.execute(text)',
        "def f(text):\n    c.execute(text)",
    ],
)
def test_a_statement_put_together_from_strings_is_found(source: str) -> None:
    assert loose(source)


def test_statements_are_constants_or_files_and_values_are_bound() -> None:
    found = {}
    for path in PRODUCT:
        name = path.relative_to(ROOT).as_posix()
        # The home of the store speaks to the engine itself and holds no value of a person's.
        if name in FROM_SCHEMA or name in ("data/shared_store.py",):
            continue
        if bad := loose(path.read_text(encoding="utf-8")):
            found[name] = bad
    assert found == {}


def test_no_file_of_sql_leaves_a_gap_for_a_value() -> None:
    """Gaps are for names of tables and columns out of the schema; values have a $name."""
    gaps = {
        path.name: sorted(set(re.findall(r"\{(\w+)\}", path.read_text(encoding="utf-8"))))
        for path in (ROOT / "data" / "sql").glob("*.sql")
    }
    allowed = {"table", "names", "values", "only", "on_conflict"}
    # Where snapshots lie and how they are opened: decided by data/store.py alone.
    allowed |= {"source", "to", "path", "mode"}
    mine = {name: found for name, found in gaps.items() if not name.startswith("shared_")}
    assert {name: found for name, found in mine.items() if not set(found) <= allowed} == {}


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
