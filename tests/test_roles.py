"""The table of rights, called: every function that writes, as every role and for another agency.

A function that writes and is not in the table fails the test, so the table cannot fall behind.
"""

from __future__ import annotations

import ast
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from data import (
    accounts,
    audit,
    backups,
    batches,
    favourites,
    internal,
    measurements,
    packs,
    queries,
    rebasing,
    records,
    register,
    reviews,
    scenarios,
    tiles,
)  # fmt: skip
from data.actors import Actor, NotAllowed, Role
from data.batches import BatchFacts
from data.build import REFERENCE
from data.internal import InternalIndex, Score
from data.records import CLOSED
from data.reviews import ClosedLine
from data.scenarios import Change, ScenarioFacts
from data.store import Store
from tests.builders import REGISTER
from tests.security import typed
from tests.stores import ship

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
CHIEF = Actor("chief", Role.ADMINISTRATOR)
OWN = "ktm-so-noi-vu"
TODAY = date(2026, 11, 21)

ACTORS = {
    "viewer": Actor("xem", Role.VIEWER),
    "analyst": Actor("ba", Role.ANALYST),
    "approver": Actor("duyet", Role.APPROVER),
    "administrator": Actor("quan-tri", Role.ADMINISTRATOR),
    "own agency": Actor("noi-vu", Role.VIEWER, agency_id=OWN),
    "other agency": Actor("tu-phap", Role.ADMINISTRATOR, agency_id="ktm-so-tu-phap"),
}
EVERYBODY = frozenset(ACTORS)
# Who may do what, written out: the program's own table is data.actors.
MAY = {
    "keep own": EVERYBODY,
    "sheets": frozenset({"analyst", "approver", "administrator", "own agency"}),
    "register": frozenset({"analyst", "approver", "administrator"}),
    "load": frozenset({"analyst", "approver", "administrator"}),
    "approve": frozenset({"approver", "administrator"}),
    "administer": frozenset({"administrator"}),
    # What is the chief's alone: none of the others, whatever their role.
    "the chief's own": frozenset(),
}

# ------------------------------------------------------------------ what writes, read from the code

# Names that put something into the store or onto the disk, wherever they are called.
SINKS = {"write", "adopt", "write_bytes", "write_text", "copyfile", "copyfileobj", "keep_file"}
# Functions that write and ask nobody, each with its reason.
ASKS_NOBODY = {
    "data.build.ensure": "brings the shipped reference in; the program itself, not a person",
    "data.backups.backup": "writes a new file elsewhere and changes nothing that is held",
    "data.backups._backed_up": "the part of it that writes",
    "data.backups._put": "adds to the archive it is handed",
    "data.backups.verify": "unpacks into a temporary folder and removes it",
    "data.backups._unpacked": "writes into the temporary folder it is handed",
    "data.backups._asked": "opens copies in the temporary folder it is handed",
    "data.accounts.sign_in": "whoever knows the password",
    "data.accounts.sign_out": "whoever holds the session",
    "data.accounts.change_password": "whoever holds the session and knows the old password",
    "data.intake.worker.main": "the reading child answers its parent through a pipe",
    "data.batches.keep_file": "bytes under their checksum; every caller demands first",
}
# Functions with `by` that write through a connection they are handed, inside who opened it.
INSIDE = {"data.audit.record", "data.accounts._trail"}
# These stop who may not and write nothing.
GUARDS = {"data.records.demand_for", "data.records._demand_kept"}


@dataclass(frozen=True)
class Function:
    """One function of data/: where it stands, whom it calls, what it takes."""

    name: str
    calls: frozenset[str]
    takes_by: bool
    demands: bool


def functions() -> dict[str, Function]:
    found = {}
    for path in sorted(DATA.rglob("*.py")):
        if path.name == "store.py":
            continue
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text(encoding="utf-8"))
        aliases = _aliases(tree, module)
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[f"{module}.{node.name}"] = _function(node, module, aliases)
    return found


def _aliases(tree: ast.Module, module: str) -> dict[str, str]:
    """Full name by the name it goes by in the module."""
    names = {
        node.name: f"{module}.{node.name}"
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("data"):
            for name in node.names:
                names[name.asname or name.name] = f"{node.module}.{name.name}"
    return names


def _function(node: ast.FunctionDef, module: str, aliases: dict[str, str]) -> Function:
    calls = set()
    for call in (one for one in ast.walk(node) if isinstance(one, ast.Call)):
        said = ast.unparse(call.func)
        head, _, rest = said.partition(".")
        full = aliases.get(head, head) + (f".{rest}" if rest else "")
        calls.add(full)
        calls.add(f"*.{said.rpartition('.')[2]}")
    arguments = [*node.args.args, *node.args.kwonlyargs]
    return Function(
        f"{module}.{node.name}", frozenset(calls),
        takes_by=any(argument.arg == "by" for argument in arguments),
        demands="data.actors.demand" in calls,
    )  # fmt: skip


def writers(every: dict[str, Function]) -> set[str]:
    """Every function from which a write is reached, directly or through others."""
    found = {
        name for name, one in every.items() if any(f"*.{sink}" in one.calls for sink in SINKS)
    } | INSIDE
    while True:
        more = {
            name for name, one in every.items()
            if name not in found and any(other in found for other in one.calls)
        }  # fmt: skip
        if not more:
            return found
        found |= more


def test_every_function_that_writes_says_who_acts_or_has_a_reason_not_to() -> None:
    every = functions()
    silent = {name for name in writers(every) if not every[name].takes_by}
    assert silent == set(ASKS_NOBODY)


def test_every_function_that_is_told_who_acts_demands_the_right_or_hands_it_on() -> None:
    every = functions()
    told = {name: one for name, one in every.items() if one.takes_by}
    asks = {name for name, one in told.items() if one.demands}
    while True:
        more = {name for name, one in told.items() if name not in asks and one.calls & asks}
        if not more:
            break
        asks |= more
    assert set(told) - asks == INSIDE


def test_every_function_that_is_told_who_acts_is_in_the_table_below() -> None:
    told = {name for name, one in functions().items() if one.takes_by} - INSIDE - GUARDS
    assert told == {case.function for case in CASES}


def test_every_kind_of_record_is_in_the_table_below() -> None:
    assert set(typed.kinds()) == set(KINDS) == set(typed.WHOLE)


def test_screens_and_commands_write_only_through_data() -> None:
    """The one exception writes nothing but an entry of the trail about the person at the screen."""
    found = set()
    for folder in ("ui", "pages", "commands", "briefing", "charts"):
        for path in (ROOT / folder).rglob("*.py"):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            for node in ast.walk(tree):
                if isinstance(node, ast.With) and any(
                    ast.unparse(item.context_expr).endswith(".write()") for item in node.items
                ):
                    found.add(path.relative_to(ROOT).as_posix())
    assert found == {"ui/unpublished.py"}


# --------------------------------------------------------------------------------- the table


@dataclass(frozen=True)
class Case:
    """One function with real arguments.

    Attributes:
        function: full name.
        right: row of `MAY`.
        call: calls it on a store, with what `before` made ready.
        before: what must be there first, done by an administrator.
        needs: bare (an empty store) or shipped (with the reference).
        id: tells two cases of one function apart.
    """

    function: str
    right: str
    call: Callable[[Store, Actor, Any], Any]
    before: Callable[[Store], Any] = lambda _: None
    needs: str = "bare"
    id: str = ""


KINDS = {
    "target": "register", "document": "register", "queued_sentence": "register",
    "review_sheet": "sheets", "plan_item": "sheets", "submission_call": "register",
    "submission": "sheets", "agency": "register", "agency_link": "register",
    "agency_person": "sheets", "agency_assignment": "register", "commune_checklist": "register",
    "internal_index": "register", "internal_scores": "load", "measurement": "sheets",
    "pack": "approve", "rebasing": "register", "map_shapes": "register",
    "favourite": "the chief's own", "introduced": "the chief's own",
}  # fmt: skip


def kept(store: Store) -> Store:
    return accounts.account_store(store)


def people(store: Store) -> None:
    for name in ("chief", "an"):
        accounts.add(kept(store), name=name, full_name=name, role=Role.ADMINISTRATOR, by=CHIEF)


def put(*kinds: str) -> Callable[[Store], None]:
    def before(store: Store) -> None:
        for kind in kinds:
            records.save(store, typed.sample(kind), by=CHIEF)

    return before


def shut(store: Store) -> Any:
    sheet = typed.sample("review_sheet", state=CLOSED, closed_on=TODAY)
    records.save(store, sheet, by=CHIEF)
    return sheet


def scenario(by: Actor) -> Callable[[Store], str]:
    return lambda store: scenarios.save(store, WHAT_IF, by=by)


WHAT_IF = ScenarioFacts(
    title="Nếu", data_version="store-1", unit_id="vn63-kon-tum", index_id="papi", edition=2024,
    as_of=TODAY, peers="fixed", drift=0.0, score_before=40.0, score=41.0, rank_before=40, rank=30,
    n_ranked=61, group_id=None, changes=[Change("papi.participation", 4.0, 5.0)],
)  # fmt: skip
FACTS = BatchFacts("papi.xlsx", "papi")
NO_EDITIONS = pd.DataFrame(columns=list(batches._EDITION))
LINES = [ClosedLine(component_id="par_index.steering", rank=52, is_weakness=True)]
WEAK = {"par_index.steering": "C1"}
SCORES = (Score(member_id="m1", criterion_id="A", score=9),)


def cells(store: Store) -> pd.DataFrame:
    """One figure of PAPI 2024, moved by a tenth of a point."""
    held = queries.figures("papi", of=store)
    row = held.loc[(held["edition"] == 2024) & (held["component_id"] == "papi")].head(1)
    made = row.assign(change="changed")
    for name in ("score", "percent", "max_score", "rank", "state"):
        made[f"{name}_after"] = row[name]
    return made.assign(score_after=row["score"] + 0.1)


def loaded(store: Store) -> str:
    return batches.load(store, cells(store), NO_EDITIONS, FACTS, b"one", by=CHIEF)


def approve(store: Store, by: Actor, _: Any) -> None:
    packs.approve(
        store, {"a.docx": b"a"}, pd.DataFrame(columns=packs.FIGURE_COLUMNS), by=by, title="Báo cáo",
        pack_kind="leader", unit_id="vn63-kon-tum", edition=2023, baseline=2022, as_of=TODAY,
        index_ids=("papi",), version="store-1",
    )  # fmt: skip


def adopt(store: Store, by: Actor) -> rebasing.Rebasing:
    return rebasing.adopt(
        store, {"target_id": "001-15a", "new_unit_id": "vn34-quang-ngai"}, number="15/KH-UBND",
        issued_on=date(2026, 2, 3), issuer="UBND tỉnh", amount=3.0, baseline_edition=2025,
        first_edition=2026, last_edition=2026, clause="tăng 03 bậc", by=by,
    )  # fmt: skip


def backed_up(store: Store) -> Path:
    ready = backups.backup(store, store.folder.parent / "kept")
    records.save(store, typed.sample("document"), by=CHIEF)
    return ready.path


def a_map() -> bytes:
    """A map of boxes, one a unit and one an archipelago as part of its province."""
    grid = tiles.tiles(REFERENCE, REGISTER)
    grid = grid.loc[grid["geography"] == "vn63"]
    names = {unit.unit_id: unit.name_vi for unit in REGISTER.units}
    features = []
    for unit_id, parts in grid.groupby("unit_id"):
        shapes = [
            [[[x + dx, y + dy] for dx, dy in ((0, 0), (0.1, 0), (0.1, 0.1), (0, 0.1), (0, 0))]]
            for x, y in zip(parts["lon"], parts["lat"], strict=True)
        ]
        features.append({
            "type": "Feature", "properties": {"name": names[str(unit_id)]},
            "geometry": {"type": "MultiPolygon", "coordinates": shapes},
        })  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def shaped(store: Store, by: Actor, _: Any = None) -> None:
    tiles.save_shapes(store, a_map(), "vn63", by=by, reference=REFERENCE, register=REGISTER)


def saving(kind: str, function: str, **more: Any) -> Callable[[Store, Actor, Any], Any]:
    """A call that keeps the sample of that kind."""
    module, _, name = function.rpartition(".")
    keep = getattr(__import__(module, fromlist=[name]), name)
    return lambda store, by, _: keep(store, typed.sample(kind), by=by, **more)


CASES = [
    Case("data.accounts.add", "administer", lambda s, by, _: accounts.add(
        kept(s), name="moi", full_name="Mới", role=Role.VIEWER, by=by), people),
    Case("data.accounts.change", "administer", lambda s, by, _: accounts.change(
        kept(s), "an", by=by, role=Role.VIEWER), people),
    Case("data.accounts.reset", "administer", lambda s, by, _: accounts.reset(
        kept(s), "an", by=by), people),
    *(
        Case("data.records.save", right, saving(kind, "data.records.save"), id=kind)
        for kind, right in KINDS.items()
    ),
    *(
        Case("data.records.withdraw", right, lambda s, by, _, kind=kind: records.withdraw(
            s, typed.sample(kind), by=by, reason="thôi"), put(kind), id=kind)
        for kind, right in KINDS.items()
    ),
    Case("data.scenarios.save", "keep own", lambda s, by, _: scenarios.save(s, WHAT_IF, by=by)),
    Case("data.scenarios.delete", "administer", lambda s, by, key: scenarios.delete(
        s, key, by=by), scenario(CHIEF)),
    Case("data.favourites.star", "keep own", lambda s, by, _: favourites.star(
        s, "Của tôi", "gaps", {"year": "2023"}, by=by)),
    Case("data.favourites.unstar", "the chief's own", lambda s, by, key: favourites.unstar(
        s, key, by=by), lambda s: favourites.star(s, "Của tôi", "gaps", {}, by=CHIEF).record_id),
    Case("data.favourites.introduce", "keep own", lambda s, by, _: favourites.introduce(
        s, by=by)),
    Case("data.internal.keep_index", "register", saving(
        "internal_index", "data.internal.keep_index", seen=0)),
    Case("data.internal.keep_scores", "load", lambda s, by, _: internal.keep_scores(
        s, InternalIndex.model_validate(typed.WHOLE["internal_index"]), SCORES, by=by),
        put("internal_index")),
    Case("data.internal.keep_scores_of", "load", lambda s, by, _: internal.keep_scores_of(
        s, InternalIndex.model_validate(typed.WHOLE["internal_index"]), SCORES[0].member_id,
        SCORES, was=(), by=by), put("internal_index")),
    Case("data.backups.restore", "administer", lambda s, by, path: backups.restore(
        path, s, by=by), backed_up, "shipped"),
    Case("data.reviews.keep_sheet", "sheets", saving(
        "review_sheet", "data.reviews.keep_sheet", seen=0)),
    Case("data.reviews.close", "sheets", lambda s, by, _: reviews.close(
        s, typed.sample("review_sheet"), WEAK, LINES, by=by, seen=1, on=TODAY),
        put("review_sheet")),
    Case("data.reviews.reopen", "sheets", lambda s, by, sheet: reviews.reopen(
        s, sheet, by=by, seen=1, reason="sai số"), shut),
    Case("data.reviews.keep_plan_item", "sheets", saving(
        "plan_item", "data.reviews.keep_plan_item", seen=0)),
    Case("data.reviews.keep_call", "register", saving(
        "submission_call", "data.reviews.keep_call", seen=0)),
    Case("data.reviews.keep_submission", "sheets", saving(
        "submission", "data.reviews.keep_submission"), put("submission_call")),
    Case("data.rebasing.adopt", "register", lambda s, by, _: adopt(s, by), needs="shipped"),
    Case("data.rebasing.revoke", "register", lambda s, by, key: rebasing.revoke(
        s, key, by=by, reason="thôi"), lambda s: adopt(s, CHIEF).record_id, "shipped"),
    Case("data.packs.approve", "approve", approve),
    Case("data.agencies.save_agency", "register", saving(
        "agency", "data.agencies.save_agency"), needs="shipped"),
    Case("data.agencies.save_link", "register", saving(
        "agency_link", "data.agencies.save_link"), needs="shipped"),
    Case("data.agencies.save_person", "sheets", saving(
        "agency_person", "data.agencies.save_person"), needs="shipped"),
    Case("data.agencies.save_assignment", "register", saving(
        "agency_assignment", "data.agencies.save_assignment"), needs="shipped"),
    Case("data.communes.save", "register", saving("commune_checklist", "data.communes.save")),
    Case("data.measurements.enter", "sheets", lambda s, by, _: measurements.enter(
        s, typed.sample("measurement"), targets=queries.targets(of=s), by=by), needs="shipped"),
    Case("data.batches.load", "load", lambda s, by, _: batches.load(
        s, cells(s), NO_EDITIONS, FACTS, b"two", by=by), needs="shipped"),
    Case("data.batches.undo", "load", lambda s, by, key: batches.undo(s, key, by=by), loaded,
         "shipped"),
    Case("data.batches.remember_layout", "load", lambda s, by, _: batches.remember_layout(
        s, "papi", "0" * 64, {"columns": []}, by=by)),
    Case("data.tiles.save_shapes", "register", shaped),
    Case("data.tiles.drop_shapes", "register", lambda s, by, _: tiles.drop_shapes(
        s, "vn63", by=by, reason="thôi"), lambda s: shaped(s, CHIEF)),
    Case("data.register.keep", "register", saving("target", "data.register.keep"),
         needs="shipped"),
    Case("data.register.withdraw", "register", lambda s, by, _: register.withdraw(
        s, typed.sample("target"), by=by, reason="thôi"), put("target"), "shipped"),
    Case("data.register.with_file", "register", lambda s, by, _: register.with_file(
        s, typed.sample("document"), b"pdf", "a.pdf", by=by)),
]  # fmt: skip
# Keeps bytes only; what refers to them is kept, and entered into the trail, by register.keep.
NO_ENTRY = {"data.register.with_file"}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An empty store and one with the reference."""
    folder = tmp_path_factory.mktemp("ready")
    ship(Store(folder / "shipped"))
    with Store(folder / "bare").write():
        pass
    return {name: folder / name for name in ("bare", "shipped")}


def copied(source: Path, target: Path) -> Store:
    """The same store elsewhere; snapshots never change, so a second name is a copy."""
    shutil.copytree(source, target, copy_function=os.link)
    return Store(target)


def everything(folder: Path) -> dict[str, str]:
    """Checksum of every file of a store but the lock, which holds nothing."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "WRITE.lock"
    }


def newest(store: Store) -> Iterator[str]:
    """Who stands in the newest entry of both trails."""
    for trail in (store, kept(store)):
        if trail.exists():
            rows = audit.entries(trail)
            if len(rows):
                yield str(rows["by_name"].iloc[0])


@pytest.mark.parametrize("whom", ["one in turn", pytest.param("all", marks=pytest.mark.slow)])
@pytest.mark.parametrize(
    "case", CASES, ids=[f"{case.function[5:]} {case.id}".strip() for case in CASES]
)
def test_a_function_that_writes_does_it_for_whom_it_may_and_changes_nothing_for_others(
    case: Case, whom: str, ready: dict[str, Path], tmp_path: Path
) -> None:
    """Everybody who may not is refused; of those who may, the ordinary run asks one for each case.

    Another one for the next case, so that all of them write something.
    """
    store = copied(ready[case.needs], tmp_path / "before")
    context = case.before(store)
    held = everything(store.folder)
    for name in sorted(EVERYBODY - MAY[case.right]):
        with pytest.raises(NotAllowed, match="không có quyền"):
            case.call(store, ACTORS[name], context)
        assert everything(store.folder) == held, f"{name} was refused and left something"
    allowed = sorted(MAY[case.right])
    if whom != "all" and allowed:
        allowed = [allowed[CASES.index(case) % len(allowed)]]
    for name in allowed:
        own = copied(store.folder, tmp_path / name)
        case.call(own, ACTORS[name], context)
        assert everything(own.folder) != held, f"{name} changed nothing"
        if case.function not in NO_ENTRY:
            assert ACTORS[name].name in newest(own), f"{name} is not in the trail"


@pytest.mark.parametrize("name", sorted(EVERYBODY))
def test_everybody_takes_back_a_scenario_of_their_own(
    name: str, ready: dict[str, Path], tmp_path: Path
) -> None:
    store = copied(ready["bare"], tmp_path / "st")
    key = scenarios.save(store, WHAT_IF, by=ACTORS[name])
    scenarios.delete(store, key, by=ACTORS[name])
    assert scenarios.scenarios(store, "vn63-kon-tum").empty


@pytest.mark.parametrize("kind", [kind for kind, right in KINDS.items() if right == "sheets"])
def test_an_agency_takes_over_nothing_by_writing_its_own_name_in(
    kind: str, ready: dict[str, Path], tmp_path: Path
) -> None:
    store = copied(ready["bare"], tmp_path / "st")
    records.save(store, typed.sample(kind), by=CHIEF)
    held = everything(store.folder)
    thief = Actor("tu-phap", Role.APPROVER, agency_id="ktm-so-tu-phap")
    with pytest.raises(NotAllowed):
        records.save(store, typed.sample(kind, agency_id="ktm-so-tu-phap"), by=thief)
    assert everything(store.folder) == held


def test_among_several_records_one_that_is_not_allowed_keeps_all_of_them_out(
    ready: dict[str, Path], tmp_path: Path
) -> None:
    store = copied(ready["bare"], tmp_path / "st")
    held = everything(store.folder)
    both = [typed.sample("plan_item"), typed.sample("document")]
    with pytest.raises(NotAllowed):
        records.save(store, both, by=ACTORS["own agency"])
    assert everything(store.folder) == held


def test_a_right_that_is_missing_is_found() -> None:
    """The reading of the code itself: a writer without `by`, one that does not ask."""
    source = "def save(store, record):\n    with store.write() as connection:\n        pass\n"
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.FunctionDef)
    one = _function(node, "data.x", {})
    assert not one.takes_by
    assert not one.demands
    assert writers({"data.x.save": one}) - INSIDE == {"data.x.save"}
