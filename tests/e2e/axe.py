"""The accessibility audit of a page: axe-core's rules of WCAG 2.0, 2.1 and 2.2, levels A and AA.

The rules come with the test library; nothing is fetched. What is left out is Streamlit's own and
cannot be changed from here; each exception names its rule, its element and its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from playwright.sync_api import Page

LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass(frozen=True)
class Excused:
    """A fault of a part we are given and cannot change: where it is, and why it stays."""

    rule: str
    marker: str
    reason: str


# Asserted exact by tests/e2e/test_every_page.py: an excuse nobody needs any more is taken out.
EXCUSED: tuple[Excused, ...] = (
    Excused(
        "list",
        '[data-testid="stSidebarNavItems"]',
        "On narrow screens Streamlit's menu puts each group of links into a div below its ul.",
    ),
    Excused(
        "listitem",
        '[data-testid="stSidebarNavItems"]',
        "The links of those groups are li elements below a div; each is still read as a link.",
    ),
)


@dataclass(frozen=True)
class Violation:
    """One rule broken by one element."""

    rule: str
    target: str
    html: str
    why: str
    excuse: Excused | None = None

    def __str__(self) -> str:
        return f"{self.rule}: {self.target}\n    {self.html}\n    {self.why}"


@cache
def _script() -> str:
    return files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")


def violations(page: Page, *, rules: list[str] | None = None) -> list[Violation]:
    """Every element of the page that breaks a rule, or one of those `rules`, without an excuse."""
    return [found for found in all_violations(page, rules=rules) if found.excuse is None]


def all_violations(page: Page, *, rules: list[str] | None = None) -> list[Violation]:
    """The same with those that have an excuse."""
    if not page.evaluate("() => typeof window.axe === 'object'"):
        page.evaluate(_script())
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": LEVELS}
    broken = page.evaluate(
        "options => axe.run(document, options).then(result => result.violations)",
        {
            "runOnly": only,
            "resultTypes": ["violations"],
            # New in WCAG 2.2, and off unless asked for.
            "rules": {} if rules else {"target-size": {"enabled": True}},
        },
    )
    return [_read(page, rule["id"], node) for rule in broken for node in rule["nodes"]]


def _read(page: Page, rule: str, node: dict[str, Any]) -> Violation:
    target = str(node["target"][0])
    return Violation(
        rule=rule,
        target=target,
        html=node["html"][:300],
        why=(node.get("failureSummary") or "").replace("\n", " "),
        excuse=next(
            (excuse for excuse in EXCUSED if excuse.rule == rule and _within(page, target, excuse)),
            None,
        ),
    )


def _within(page: Page, target: str, excuse: Excused) -> bool:
    inside = "([target, marker]) => !!document.querySelector(target)?.closest(marker)"
    return bool(page.evaluate(inside, [target, excuse.marker]))
