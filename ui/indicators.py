"""Targets that offices measure themselves: what was reported, and one more figure."""

from __future__ import annotations

from html import escape
from typing import Any

import pandas as pd
import streamlit as st
from pydantic import ValidationError

from briefing import sentences
from briefing.reviews import inert
from data import measurements, records
from data.measurements import MeasurementRecord
from data.records import ChangedMeanwhile
from data.store import StoreError, store
from locales import form, t
from locales.calendar import today
from ui import drawn, loaders, responsibility, tables, who
from ui.choice import Choice

SAID = "indicators_said"
PARTS = ("", "Q1", "Q2", "Q3", "Q4", "H1", "H2", *(f"{month:02d}" for month in range(1, 13)))


def said() -> None:
    """What the last act did, once."""
    if key := st.session_state.pop(SAID, None):
        st.success(t(key))


def rows_of(choice: Choice) -> pd.DataFrame:
    """Operational targets of the chosen year with their verdicts: one row per target."""
    rows = loaders.target_board(choice)
    if rows.empty:
        return rows
    return rows.loc[rows["measure"].isin(["percent", "count", "date"]) & rows["target_id"].notna()]


def board(choice: Choice, rows: pd.DataFrame) -> None:
    """Each target with the figures reported for the year and its base year, and its verdict."""
    reports = _reports()
    heads = [t(f"indicators.col_{name}") for name in ("target", "figures", "status", "agency")]
    body = [
        tables.line(
            heads,
            [
                _target(row),
                _figures(row, reports, choice),
                tables.verdict(row),
                escape("" if form.is_missing(row["lead_agency"]) else str(row["lead_agency"])),
            ],
        )
        for _, row in rows.iterrows()
    ]
    tables.table("indicators", heads, body)


def _reports() -> dict[str, MeasurementRecord]:
    return measurements.reports(store())


def _target(row: Any) -> str:
    lines = [f"<strong>{escape(sentences.full_target_words(row))}</strong>"]
    if rest := _rest_of_note(row):
        lines.append(f'<div class="small">{escape(rest)}</div>')
    lines.append(f'<div class="small">{escape(sentences.document_words(row))}</div>')
    return "".join(lines)


def _figures(row: Any, reports: dict[str, MeasurementRecord], choice: Choice) -> str:
    own = [one for one in reports.values() if one.target_id == row["target_id"]]
    lines = []
    for one in sorted(own, key=lambda report: report.period):
        later = one.reported_on > choice.as_of
        key = "figure_later" if later else "figure"
        said = t(f"indicators.{key}", period=period_words(one.period), value=value_words(one, row),
                 day=form.day(one.reported_on))  # fmt: skip
        lines.append(f"<div>{escape(said)}</div>")
        if one.evidence:
            lines.append(
                f'<div class="small">{escape(t("indicators.proof", proof=one.evidence))}</div>'
            )
    return "".join(lines) or f'<span class="small">{escape(t("indicators.none"))}</span>'


def value_words(one: MeasurementRecord, row: Any) -> str:
    """What was reported, with its unit."""
    if one.value is None:
        return (
            t("indicators.completed", day=form.day(one.completed_on))
            if one.completed_on
            else t("indicators.not_completed")
        )
    said = form.trimmed(one.value)
    if row["measure"] == "percent" and row["kind"] != "percent_reduction_at_least":
        said = f"{said} %"
    elif one.unit_text:
        said = f"{said} {one.unit_text}"
    if one.base_value is not None:
        said = t("indicators.with_base", value=said, base=form.trimmed(one.base_value))
    return said


def period_words(period: str) -> str:
    """A period as documents write it: quý I năm 2023."""
    year, _, part = period.partition("-")
    if not part:
        return t("indicators.year", year=year)
    if part[0] in "QH":
        key = "quarter" if part[0] == "Q" else "half"
        return t(f"indicators.{key}", year=year, n=("I", "II", "III", "IV")[int(part[1]) - 1])
    return t("indicators.month", year=year, n=part)


def entry(choice: Choice, rows: pd.DataFrame) -> None:
    """One figure: target, period, value or day, evidence."""
    st.subheader(t("indicators.entry_title"))
    targets = {str(row["target_id"]): row for _, row in rows.iterrows()}
    target_id = str(
        st.selectbox(
            t("indicators.pick"), list(targets), key="w_measured",
            format_func=lambda one: _label(targets[one]),
        )
    )  # fmt: skip
    row = targets[target_id]
    base = row["baseline_edition"]
    first = choice.edition if form.is_missing(base) else min(choice.edition, int(base))
    form_name = f"measured_{target_id}"
    now = {
        key: about.revision
        for key, (one, about) in records.held(store(), MeasurementRecord).items()
        if one.target_id == target_id
    }
    n_saved = sum(now.values())
    revisions, n_saved = drawn.from_first(
        form_name, f"{form_name}_{{revision}}_evidence", now, n_saved
    )
    key = f"{form_name}_{n_saved}"
    with st.form(key):
        left, right = st.columns(2)
        years = list(range(choice.edition, min(first, choice.edition - 1) - 1, -1))
        year = left.selectbox(t("indicators.period_year"), years)
        part = right.selectbox(t("indicators.period_part"), PARTS, format_func=_part_words)
        value, base_value, completed_on = _value(row)
        reported_on = st.date_input(
            t("indicators.reported_on"), value=today(), format="DD/MM/YYYY",
            min_value=responsibility.OLDEST, help=t("indicators.reported_help"),
        )  # fmt: skip
        unit_text = st.text_input(t("indicators.unit_text"))
        evidence = st.text_input(t("indicators.evidence"), key=f"{key}_evidence")
        reason = st.text_input(t("indicators.correction"))
        is_wanted = st.form_submit_button(t("indicators.save"), type="primary")
    if is_wanted:
        period = f"{year}-{part}" if part else str(year)
        _keep(
            {
                "record_id": measurements.record_id(target_id, period), "target_id": target_id,
                "period": period, "value": value, "base_value": base_value,
                "completed_on": completed_on, "reported_on": reported_on, "unit_text": unit_text,
                "evidence": evidence,
            },
            reason, revisions, form_name,
        )  # fmt: skip


def _label(row: Any) -> str:
    rest = "" if sentences.unit_words(row) else _rest_of_note(row)
    note = f" – {rest}" if rest else ""
    return f"{row['target_id']}: {sentences.full_target_words(row)}{note}"[:160]


def _rest_of_note(row: Any) -> str:
    """The note without the unit, which stands in the target's name already."""
    if form.is_missing(row["note"]):
        return ""
    unit = sentences.unit_words(row)
    said = [part.strip() for part in str(row["note"]).split(";")]
    kept = "; ".join(part for part in said if not unit or not part.endswith(f": {unit}"))
    return kept[:1].upper() + kept[1:]


def _part_words(part: str) -> str:
    if not part:
        return t("indicators.part_whole")
    if part[0] in "QH":
        key = "part_quarter" if part[0] == "Q" else "part_half"
        return t(f"indicators.{key}", n=("I", "II", "III", "IV")[int(part[1]) - 1])
    return t("indicators.part_month", n=part)


def _value(row: Any) -> tuple[Any, Any, Any]:
    """Boxes for what this kind of target is judged by."""
    if row["kind"] == "complete_by":
        day = st.date_input(
            t("indicators.completed_on"), value=None, format="DD/MM/YYYY",
            min_value=responsibility.OLDEST, help=t("indicators.completed_help"),
        )  # fmt: skip
        return None, None, day
    value = st.number_input(t("indicators.value"), value=None, step=1.0, format="%.10g")
    base = None
    if row["kind"] in ("percent_reduction_at_least", "improve_unquantified"):
        base = st.number_input(
            t("indicators.base_value"), value=None, step=1.0, format="%.10g",
            help=t("indicators.base_help"),
        )  # fmt: skip
    return value, base, None


def _keep(body: dict[str, Any], reason: str, seen: dict[str, int], form_name: str) -> None:
    try:
        measurements.enter(
            store(), MeasurementRecord(**body), targets=loaders.catalogue().targets,
            by=who.actor(), seen=seen, reason=reason,
        )  # fmt: skip
    except StoreError as fault:
        if isinstance(fault, ChangedMeanwhile):
            drawn.anew(form_name)
        st.error(inert(str(fault)))
        return
    except ValidationError:
        st.error(t("agencies.incomplete"))
        return
    drawn.anew(form_name)
    st.session_state[SAID] = "indicators.saved"
    st.rerun()


def taken_back(rows: pd.DataFrame) -> None:
    """Withdraw a report, with the reason."""
    held = {key: one for key, one in _reports().items() if one.target_id in set(rows["target_id"])}
    if not held:
        return
    with st.expander(t("indicators.withdraw_title")), st.form("measured_withdraw"):
        picked = st.selectbox(
            t("indicators.pick_report"), list(held),
            format_func=lambda key: f"{held[key].target_id}: {period_words(held[key].period)}",
        )  # fmt: skip
        reason = st.text_input(t("agencies.reason"))
        if not st.form_submit_button(t("agencies.withdraw")):
            return
        try:
            records.withdraw(store(), held[picked], by=who.actor(), reason=reason)
        except StoreError as fault:
            st.error(inert(str(fault)))
            return
        st.session_state[SAID] = "agencies.withdrawn"
        st.rerun()
