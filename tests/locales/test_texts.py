"""Texts: complete in both languages, used, and never a placeholder."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from string import Formatter

import pytest

import locales
from analytics import schema
from analytics.targets import FLAGS, TargetKind, TargetStatus
from data.indices import load_catalogue

ROOT = Path(__file__).resolve().parents[2]
SPEAKERS = ("analytics", "briefing", "charts", "commands", "data", "locales", "pages", "ui")
PLACE = "[a-z0-9_]+"


def places(text: str) -> set[str]:
    """Names of the places to fill; what has a name per language fills one place."""
    named = {name for _, name, _, _ in Formatter().parse(text) if name is not None}
    return {name.removesuffix("_en") for name in named}


def sources() -> list[Path]:
    found = [path for folder in SPEAKERS for path in (ROOT / folder).rglob("*.py")]
    return found + [path for path in (ROOT / "app.py", ROOT / "manage.py") if path.exists()]


def spoken_keys() -> tuple[set[str], list[re.Pattern[str]]]:
    """Keys that stand in the code as they are, and families put together from a part."""
    plain: set[str] = set()
    families: set[str] = set()
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                plain.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = [
                    re.escape(part.value) if isinstance(part, ast.Constant) else PLACE
                    for part in node.values
                ]
                families.add("".join(parts))
            elif isinstance(node, ast.BinOp) and isinstance(node.left, ast.Constant):
                families.add(re.escape(str(node.left.value)) + PLACE)
    # A family names its screen; "{a}.{b}" would let every key pass.
    named = [family for family in families if re.match(r"[a-z_]+\\\.", family)]
    return plain, [re.compile(family) for family in named]


def test_both_languages_have_the_same_keys() -> None:
    vi, en = locales.texts("vi"), locales.texts("en")
    assert set(vi) - set(en) == set(), "without English"
    assert set(en) - set(vi) == set(), "without Vietnamese"
    assert len(vi) > 150


def test_both_languages_fill_the_same_places() -> None:
    vi, en = locales.texts("vi"), locales.texts("en")
    assert {key for key in vi if places(vi[key]) != places(en[key])} == set()


@pytest.mark.parametrize("language", locales.LANGUAGES)
def test_no_text_is_empty_or_left_in_the_other_form(language: str) -> None:
    texts = locales.texts(language)
    assert [key for key, text in texts.items() if not text.strip()] == []
    assert [key for key, text in texts.items() if text in ("None", "True", "False")] == []


def test_no_key_is_given_twice_in_one_language() -> None:
    for language in locales.LANGUAGES:
        seen: dict[str, str] = {}
        for path in sorted((ROOT / "locales").glob(f"*{language}.yml")):
            alone = locales._flat(locales.yaml.safe_load(path.read_text(encoding="utf-8")))
            twice = {key: (seen[key], path.name) for key in alone if key in seen}
            assert twice == {}
            seen |= dict.fromkeys(alone, path.name)


def test_of_communes_no_text_of_a_page_says_province_and_names_stay_as_they_are() -> None:
    locales.speak_of_provinces(False)
    try:
        said = locales.t("why.others_up", points="1,20")
        assert said == ", còn các đơn vị khác bình quân tăng 1,20 điểm"
        assert locales.t("why.col_unit") == "Đơn vị"
        assert locales.t("why.rival", unit="tỉnh Hà Tĩnh", before=3, after=2).startswith("tỉnh Hà")
        locales.use("en")
        assert locales.t("why.more", names="A", n=2) == "A and 2 other units"
        assert locales.t("why.col_unit") == "Unit"
    finally:
        locales.use("vi")
        locales.speak_of_provinces(True)
    assert locales.t("why.col_unit") == "Tỉnh, thành phố"


def test_every_text_is_spoken_somewhere() -> None:
    plain, families = spoken_keys()
    # The menu asks for the name of each page: f"{name}.nav".
    navigation = {f"{path.stem}.nav" for path in (ROOT / "pages").glob("*.py")}
    unused = [
        key
        for key in locales.texts("vi")
        if key not in plain | navigation and not any(one.fullmatch(key) for one in families)
    ]
    assert unused == []


def test_every_key_the_code_speaks_has_a_text() -> None:
    asked = {
        node.args[0].value
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "t"
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(asked) > 80
    assert {key for key in asked if not locales.has(key)} == set()


def reasons() -> set[str]:
    """Every code that analytics can give as a reason, read from where it is decided."""
    tree = ast.parse((ROOT / "analytics" / "targets.py").read_text(encoding="utf-8"))
    (decides,) = [
        node for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == "_reasons"
    ]  # fmt: skip
    cases = [node.elts[1] for node in ast.walk(decides) if is_case(node)]
    defaults = [word.value for word in ast.walk(decides)
                if isinstance(word, ast.keyword) and word.arg == "default"]  # fmt: skip
    return {code.value for code in cases + defaults if isinstance(code, ast.Constant)}


def is_case(node: ast.AST) -> bool:
    return isinstance(node, ast.Tuple) and len(node.elts) == 2


@pytest.mark.parametrize("language", locales.LANGUAGES)
def test_every_code_of_analytics_has_its_text(language: str) -> None:
    texts = locales.texts(language)
    wanted = [f"status.{status}" for status in TargetStatus]
    wanted += [f"sign.{status}" for status in TargetStatus]
    wanted += [f"kind.{kind}" for kind in TargetKind]
    wanted += [f"{family}.{flag}" for flag in FLAGS for family in ("flag", "flag_short")]
    wanted += [f"state.{state}" for state in
               (schema.RANKED, schema.SCORED, schema.WITHHELD, schema.OUTSIDE_TOP,
                schema.NOT_HELD, schema.NOT_PUBLISHED)]  # fmt: skip
    wanted += [f"origin.{origin}" for origin in ("published", "computed", "derived", "listed")]
    wanted += [f"filters.unknown_{key}" for key in ("unit", "index", "year", "base", "asof")]
    assert [key for key in wanted if key not in texts] == []


def test_every_reason_for_no_verdict_has_its_text() -> None:
    assert len(reasons()) >= 14
    assert {reason for reason in reasons() if not locales.has(f"reason.{reason}")} == set()


def test_an_unknown_key_raises_and_never_reaches_a_reader() -> None:
    with pytest.raises(KeyError):
        locales.t("overview.no_such_text")


def test_a_place_left_unfilled_raises() -> None:
    with pytest.raises(KeyError):
        locales.t("overview.title", unit="Kon Tum")


def test_an_unknown_language_raises() -> None:
    with pytest.raises(KeyError):
        locales.use("fr")


@pytest.mark.parametrize(
    ("n", "said"),
    [
        ("1", "1 target was saved in the register."),
        ("2", "2 targets were saved in the register."),
        ("21", "21 targets were saved in the register."),
        ("0", "0 targets were saved in the register."),
    ],
)
def test_english_counts_one_thing_in_the_singular(n: str, said: str) -> None:
    locales.use("en")
    try:
        assert locales.t("register.saved", n=n) == said
        assert locales.t("form.gain_down", places="1") == "down 1 place"
        assert locales.t("form.gain_down", places="0.1") == "down 0.1 places"
    finally:
        locales.use("vi")


def test_every_group_of_the_catalogue_is_named_in_targets_as_the_catalogue_names_it() -> None:
    groups = load_catalogue(ROOT / "data" / "reference" / "indices").group_frame()
    assert len(groups) > 10
    for language in locales.LANGUAGES:
        texts = locales.texts(language)
        for _, group in groups.iterrows():
            said = texts[f"target_group.{group['group_id']}"]
            assert group[f"name_{language}"] in (said, f"Nhóm {said}", f"Group {said}")
