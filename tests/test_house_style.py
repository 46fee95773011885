"""The rules of the house that no linter knows.

Each rule is a function from source text to the faults it sees, so that every rule is itself
shown to catch its fault before it is turned on the real files.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = {"analytics", "briefing", "charts", "commands", "data", "locales", "pages", "ui"}
NAMED_BY_THE_COMMISSION = {
    "README.md",
    "analytics",
    "app.py",
    "data",
    "pages",
    "requirements.txt",
    "tests",
}
# Each has its reason in docs/decisions or in the head of the file itself.
ADDED_BY_US = {
    ".ci",
    ".dockerignore",
    ".gitattributes",
    ".gitignore",
    ".streamlit",
    "Makefile",
    "briefing",
    "charts",
    "commands",
    "deploy",
    "docs",
    "locales",
    "make.ps1",
    "manage.py",
    "pyproject.toml",
    "requirements-dev.txt",
    "server.py",
    "static",
    "ui",
}
MAY_EXIST = {"CHANGELOG.md", "LICENSE"}

Rule = Callable[[str, Path], list[str]]


# ------------------------------------------------------------------------------------ reading


def tracked() -> list[Path]:
    """Every file under version control, and those about to be."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return sorted(name for name in names if (ROOT / name).is_file())


TRACKED = tracked()
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
PRODUCT = [path for path in PYTHON if path.parts[0] != "tests"]
PAGES = [path for path in PRODUCT if path.parts[0] == "pages" and path.name != "__init__.py"]


def files_of(*folders: str) -> list[Path]:
    return [path for path in PRODUCT if path.parts[0] in folders]


def docstrings(tree: ast.AST) -> set[int]:
    """Identities of the constants that are docstrings."""
    owners = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, owners) and node.body and isinstance(node.body[0], ast.Expr):
            found.add(id(node.body[0].value))
    return found


def literals(tree: ast.AST) -> Iterator[ast.Constant]:
    """String constants that are not docstrings."""
    skip = docstrings(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in skip:
            yield node


def imports(tree: ast.AST, *, at_run_time: bool = False) -> Iterator[tuple[int, str]]:
    """(line, module) of every import; at run time leaves out those only types need."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, name.name) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""
        elif at_run_time and isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            for other in node.orelse:
                yield from imports(other, at_run_time=True)
        else:
            yield from imports(node, at_run_time=at_run_time)


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node


# -------------------------------------------------------------------------------------- rules

ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult)
FRAME_WORK = {
    "agg",
    "apply",
    "assign",
    "cumsum",
    "diff",
    "groupby",
    "mean",
    "melt",
    "merge",
    "pivot",
    "pivot_table",
    "rank",
    "shift",
    "sum",
    "transform",
}
SQL = re.compile(
    r"\bSELECT\b.+\bFROM\b|\bINSERT\s+INTO\b|\bDELETE\s+FROM\b|\bUPDATE\s+\w+\s+SET\b"
    r"|\b(CREATE|DROP|ALTER)\s+(OR\s+REPLACE\s+)?(TEMP\s+)?(TABLE|VIEW|INDEX|SCHEMA)\b",
    re.DOTALL,
)
VIETNAMESE_MARKS = {"\u0300", "\u0301", "\u0303", "\u0309", "\u0323", "\u0302", "\u0306", "\u031b"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|WIP)\b")
LOCAL_PATH = re.compile(r"(?<![\w.~/-])(/home/|/root/|/Users/|/tmp/|[A-Z]:\\Users)")
# The deltas of the Red River and the Mekong are places.
PROSE_ONLY = re.compile(r"(^|_)((?<!river_)(?<!mekong_)delta|diff)(_|$)")
EMPTY_VERBS = re.compile(r"^(get|compute|calculate|process|handle|do)_")


def no_arithmetic(source: str, path: Path) -> list[str]:
    """Numbers are made in analytics; a page only passes them on."""
    found = []
    for node in ast.walk(ast.parse(source)):
        made = isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ARITHMETIC)
        if made:
            found.append(f"{path}:{node.lineno}: arithmetic")
        if isinstance(node, ast.Attribute) and node.attr in FRAME_WORK:
            found.append(f"{path}:{node.lineno}: .{node.attr}")
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"sum", "round", "abs"}:
            found.append(f"{path}:{node.lineno}: {ast.unparse(node.func)}()")
    return found


def no_helpers(source: str, path: Path) -> list[str]:
    """Whatever is shared lives in ui/: every file in pages/ is a screen, and only that."""
    tree = ast.parse(source)
    makers = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return [f"{path}:{node.lineno}: helper" for node in ast.walk(tree) if isinstance(node, makers)]


def frame_first(source: str, path: Path) -> list[str]:
    """A docstring, the imports, then require_frame with the page's own path."""
    tree = ast.parse(source)
    if not ast.get_docstring(tree):
        return [f"{path}:1: no docstring"]
    rest = [node for node in tree.body[1:] if not isinstance(node, ast.Import | ast.ImportFrom)]
    wanted = f"require_frame('{path.as_posix()}')"
    if not rest or ast.unparse(rest[0]) != wanted:
        return [f"{path}: the first statement after the imports is not {wanted}"]
    return []


def no_sql(source: str, path: Path) -> list[str]:
    """SQL lives in data/sql and nowhere else."""
    tree = ast.parse(source)
    return [f"{path}:{node.lineno}: SQL" for node in literals(tree) if SQL.search(str(node.value))]


def is_vietnamese(text: str) -> bool:
    marks = set(unicodedata.normalize("NFD", text)) & VIETNAMESE_MARKS
    return bool(marks) or "đ" in text or "Đ" in text


def no_vietnamese(source: str, path: Path) -> list[str]:
    """Words a reader sees come from locales/ or from the catalogue."""
    tree = ast.parse(source)
    return [
        f"{path}:{node.lineno}: {node.value!r}"
        for node in literals(tree)
        if is_vietnamese(str(node.value))
    ]


def imports_only(allowed: set[str]) -> Rule:
    """Nothing but the modules named, which may be packages or parts of them."""

    def rule(source: str, path: Path) -> list[str]:
        return [
            f"{path}:{line}: imports {module}"
            for line, module in imports(ast.parse(source))
            if module.split(".")[0] not in allowed and module not in allowed
        ]

    return rule


def imports_none(banned: set[str], *, at_run_time: bool = False) -> Rule:
    """None of the modules named."""

    def rule(source: str, path: Path) -> list[str]:
        return [
            f"{path}:{line}: imports {module}"
            for line, module in imports(ast.parse(source), at_run_time=at_run_time)
            if module.split(".")[0] in banned
        ]

    return rule


def at_most(lines: int) -> Rule:
    def rule(source: str, path: Path) -> list[str]:
        long = len(source.splitlines())
        return [f"{path}: {long} lines, at most {lines}"] if long > lines else []

    return rule


def method_named(source: str, path: Path) -> list[str]:
    """A formula's docstring names the page that explains it, and the page is there."""
    found = []
    for function in public_functions(ast.parse(source)):
        pages = re.findall(r"docs/method/[a-z0-9-]+\.md", ast.get_docstring(function) or "")
        if not pages:
            found.append(f"{path}:{function.lineno}: {function.name} names no method page")
        found += [
            f"{path}:{function.lineno}: {page} does not exist"
            for page in pages
            if not (ROOT / page).is_file()
        ]
    return found


def pages_there(source: str, path: Path) -> list[str]:
    """A page of docs/ that the code sends its reader to is there."""
    named = set(re.findall(r"docs/(?:method|decisions)/[a-z0-9-]+(?:\.md)?", source))
    return [
        f"{path}: {page} does not exist"
        for page in sorted(named)
        if not any((ROOT / page).parent.glob(f"{Path(page).stem}*.md"))
    ]


def plain_names(source: str, path: Path) -> list[str]:
    """A sign must not be guessed from a name, nor a result hidden behind an empty verb."""
    found = []
    for node in ast.walk(ast.parse(source)):
        name = getattr(node, "name", None) or getattr(node, "arg", None)
        if isinstance(node, ast.FunctionDef) and EMPTY_VERBS.match(node.name):
            found.append(f"{path}:{node.lineno}: {node.name}")
        if isinstance(name, str) and PROSE_ONLY.search(name):
            found.append(f"{path}:{getattr(node, 'lineno', 0)}: {name}")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            is_column = re.fullmatch(r"[a-z_]+", node.value)
            if is_column and PROSE_ONLY.search(node.value):
                found.append(f"{path}:{node.lineno}: {node.value!r}")
    return found


def nothing_left_open(source: str, path: Path) -> list[str]:
    """No unfinished work and no path of the machine it was written on."""
    return [
        f"{path}:{number}: {line.strip()[:80]}"
        for number, line in enumerate(source.splitlines(), start=1)
        if UNFINISHED.search(line) or LOCAL_PATH.search(line)
    ]


# -------------------------------------------------------------- each rule catches its own fault

PAGE = Path("pages/targets.py")
STDLIB = set(sys.stdlib_module_names)
ANALYTICS_ONLY = imports_only(STDLIB | {"analytics", "numpy", "pandas"})


@pytest.mark.parametrize(
    ("rule", "bad"),
    [
        pytest.param(no_arithmetic, "gain = then - now", id="a subtraction"),
        pytest.param(no_arithmetic, "n += 1", id="a running count"),
        pytest.param(no_arithmetic, "f'{share * 100}'", id="a percentage inside text"),
        pytest.param(no_arithmetic, "frame.groupby('unit_id')", id="a grouping"),
        pytest.param(no_arithmetic, "frame.merge(other)", id="a merge"),
        pytest.param(no_arithmetic, "round(score, 1)", id="a rounding"),
        pytest.param(no_helpers, "def pick(): return 1", id="a function in a page"),
        pytest.param(no_helpers, "key = lambda row: row", id="a lambda in a page"),
        pytest.param(frame_first, "import streamlit as st\n", id="no docstring"),
        pytest.param(frame_first, '"""T."""\nst.title("x")', id="no frame"),
        pytest.param(frame_first, '"""T."""\nrequire_frame("pages/x.py")', id="another's frame"),
        pytest.param(no_sql, "q = 'SELECT rank FROM ranks'", id="a query"),
        pytest.param(no_sql, "q = f'DELETE FROM {t}'", id="a query put together"),
        pytest.param(no_vietnamese, "st.title('Chỉ tiêu')", id="Vietnamese in code"),
        pytest.param(no_vietnamese, "x = f'Tỉnh {name}'", id="Vietnamese put together"),
        pytest.param(ANALYTICS_ONLY, "import duckdb", id="storage in analytics"),
        pytest.param(ANALYTICS_ONLY, "from locales import t", id="wording in analytics"),
        pytest.param(
            imports_none({"duckdb"}, at_run_time=True), "def f():\n import duckdb", id="late import"
        ),
        pytest.param(at_most(1), "a\nb\n", id="a file too long"),
        pytest.param(method_named, "def rank_gains():\n 'Places.'", id="a formula unexplained"),
        pytest.param(
            method_named, "def f():\n 'See docs/method/absent.md.'", id="an explanation missing"
        ),
        pytest.param(pages_there, '"""See docs/method/absent.md."""', id="a page missing"),
        pytest.param(pages_there, '"""See docs/decisions/9999."""', id="a decision missing"),
        pytest.param(plain_names, "def get_ranks(): ...", id="an empty verb"),
        pytest.param(plain_names, "frame['rank_delta']", id="a column without a sign"),
        pytest.param(nothing_left_open, "x = 1  # TODO: later", id="unfinished"),
        pytest.param(nothing_left_open, "open('/home/someone/x')", id="a local path"),
    ],
)
def test_the_rule_catches(rule: Rule, bad: str) -> None:
    assert rule(bad, PAGE)


@pytest.mark.parametrize(
    ("rule", "good"),
    [
        pytest.param(no_arithmetic, "def f(x: int | None): ...", id="an annotation"),
        pytest.param(no_vietnamese, '"""Chỉ tiêu, in a docstring."""', id="a docstring"),
        pytest.param(no_sql, "t('SELECT a province from the list')", id="plain words"),
        pytest.param(frame_first, '"""T."""\nrequire_frame("pages/targets.py")', id="its frame"),
        pytest.param(
            imports_none({"duckdb"}, at_run_time=True),
            "if TYPE_CHECKING:\n import duckdb",
            id="a type",
        ),
        pytest.param(pages_there, '"""See docs/decisions/0003."""', id="a decision by number"),
        pytest.param(plain_names, "frame['rank_gain']", id="a column with its sign"),
        pytest.param(plain_names, "region = 'red_river_delta'", id="a river's mouth"),
    ],
)
def test_the_rule_lets_pass(rule: Rule, good: str) -> None:
    assert rule(good, PAGE) == []


# ----------------------------------------------------------------------------- the real files


def judged(rules: list[Rule], paths: list[Path]) -> list[str]:
    assert paths, "nothing to judge: the folder is empty"
    return [
        fault
        for path in paths
        for rule in rules
        for fault in rule((ROOT / path).read_text(encoding="utf-8"), path)
    ]


def test_a_page_asks_and_shows_and_does_nothing_else() -> None:
    rules = [at_most(100), frame_first, no_helpers, no_arithmetic]
    rules.append(imports_none({"numpy", "pandas", "plotly", "duckdb", "data"}))
    assert judged(rules, PAGES) == []


def test_the_router_is_short_and_only_routes() -> None:
    rules = [at_most(40), no_arithmetic, imports_only(STDLIB | {"streamlit", "locales", "ui"})]
    assert judged(rules, [Path("app.py")]) == []


def test_words_a_reader_sees_come_from_locales() -> None:
    assert judged([no_vietnamese], files_of("pages", "ui", "charts", "briefing", "app.py")) == []


def test_no_python_file_holds_sql() -> None:
    assert judged([no_sql], PRODUCT) == []


def test_analytics_knows_pandas_and_the_standard_library_only() -> None:
    assert judged([ANALYTICS_ONLY], files_of("analytics")) == []


def test_only_the_two_kinds_of_store_import_duckdb_at_run_time() -> None:
    both_stores = {Path("data/store.py"), Path("data/shared_store.py")}
    others = [path for path in PRODUCT if path not in both_stores]
    assert judged([imports_none({"duckdb"}, at_run_time=True)], others) == []


def test_the_command_line_needs_no_screen() -> None:
    assert judged([imports_none({"streamlit", "ui", "pages"})], [Path("manage.py")]) == []


def test_every_formula_names_the_page_that_explains_it() -> None:
    # schema.py holds column contracts and errors, not formulas.
    formulas = [path for path in files_of("analytics") if path.name != "schema.py"]
    assert judged([method_named], formulas) == []


def test_every_page_the_code_names_is_there() -> None:
    assert judged([pages_there], PRODUCT) == []


def test_names_in_analytics_say_what_they_hold_and_which_sign() -> None:
    assert judged([plain_names], files_of("analytics")) == []


def test_nothing_is_left_open() -> None:
    text = {".py", ".toml", ".yml", ".yaml", ".sql", ".md", ".ps1", ".txt", ".csv"}
    bare = {"Makefile", "run", "browser"}
    listed = [path for path in TRACKED if path.suffix in text or path.name in bare]
    paths = [path for path in listed if ROOT / path != Path(__file__).resolve()]
    assert judged([nothing_left_open], paths) == []


def test_the_top_level_holds_the_named_things_and_the_justified_few() -> None:
    present = {path.parts[0] for path in TRACKED}
    expected = NAMED_BY_THE_COMMISSION | ADDED_BY_US
    assert present - expected - MAY_EXIST == set(), "a name nobody has justified"
    assert expected - present == set(), "a name that is promised and absent"


def test_every_package_is_held_by_the_import_contracts() -> None:
    contracts = PYPROJECT["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == PACKAGES
    layers = next(part for part in contracts["contracts"] if part["type"] == "layers")["layers"]
    layered = {name.strip() for layer in layers for name in layer.split("|")}
    assert layered == PACKAGES
    python_folders = {path.parent for path in PRODUCT} - {Path()}
    assert {folder.parts[0] for folder in python_folders} == PACKAGES
    unmarked = [folder for folder in python_folders if not (ROOT / folder / "__init__.py").exists()]
    assert unmarked == [], "a folder without __init__.py escapes the contracts"


def test_tests_hide_no_package_of_ours() -> None:
    assert [path for path in PYTHON if path.parts[0] == "tests" and path.stem == "__init__"] == []


def test_reference_data_holds_no_python() -> None:
    assert [path for path in PYTHON if path.parts[:2] == ("data", "reference")] == []


# ------------------------------------------------------------------------------- requirements

PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[a-z,]+\])?==([^ ;\\]+)")


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (PIN.match(line) for line in lines)
    return {pin[1].lower().replace("_", "-"): pin[2] for pin in found if pin}


def asked_for(requirements: list[str]) -> set[str]:
    names = (re.match(r"[A-Za-z0-9._-]+", one) for one in requirements)
    return {name[0].lower().replace("_", "-") for name in names if name}


def test_every_requirement_is_pinned_with_its_hashes() -> None:
    project = PYPROJECT["project"]
    run, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert asked_for(project["dependencies"]) - set(run) == set()
    assert asked_for(project["optional-dependencies"]["dev"]) - set(tools) == set()
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text(encoding="utf-8")
        blocks = re.split(r"\n(?=[A-Za-z0-9])", text)
        assert [block for block in blocks if "--hash=sha256:" not in block] == []


def test_tests_run_on_the_versions_readers_get() -> None:
    run, tools = pins("requirements.txt"), pins("requirements-dev.txt")
    assert {name: tools.get(name) for name in run} == run
