"""brief on the command line: a file of every kind, and refusals that name what there is."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
from pptx import Presentation
from typer.testing import CliRunner, Result

import manage
from briefing.documents import pack
from tests.conftest import ROOT
from tests.e2e.test_without_network import alone, has_namespaces

KON_TUM = ("brief", "--unit", "Kon Tum", "--year", "2023")


@pytest.fixture(autouse=True)
def built(store_folder: Path) -> Path:
    return store_folder


def run(*words: str) -> Result:
    return CliRunner().invoke(manage.app, [*KON_TUM, *words])


def written(folder: Path, kind: str, format_: str, *more: str) -> bytes:
    out = folder / "out"
    said = run("--kind", kind, "--format", format_, "--out", str(out), *more)
    assert (said.exit_code, said.stderr) == (0, ""), said.output
    assert str(out) in said.stdout
    return out.read_bytes()


def test_a_leaders_page_is_written(tmp_path: Path) -> None:
    assert written(tmp_path, "leader", "pdf").startswith(b"%PDF")


def test_slides_of_chosen_indices_name_only_those(tmp_path: Path) -> None:
    made = written(tmp_path, "slides", "pptx", "--index", "papi", "--lang", "en")
    title = next(iter(Presentation(io.BytesIO(made)).slides)).shapes.title.text_frame.text
    assert title.startswith("Results of PAPI 2023, ")


def test_annexes_of_one_agency_hold_its_rows_only(tmp_path: Path) -> None:
    made = written(tmp_path, "annex", "xlsx", "--agency", "ktm-so-noi-vu")
    sheet = openpyxl.load_workbook(io.BytesIO(made)).worksheets[3]
    agencies = {row[7].value for row in sheet.iter_rows(min_row=5) if row[7].value}
    assert agencies == {"Sở Nội vụ tỉnh Kon Tum"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--kind", "slides", "--format", "docx"), "các dạng có: pptx."),
        (("--kind", "poem", "--format", "docx"), "các loại có: par-sipas, papi, leader"),
        (("--kind", "leader", "--format", "docx", "--lang", "fr"), "các ngôn ngữ có: vi, en"),
        (("--kind", "leader", "--format", "docx", "--baseline", "2024"), "phải trước năm"),
        (("--kind", "leader", "--format", "docx", "--index", "gdp"), "gdp"),
        (("--kind", "leader", "--format", "docx", "--section", "poem"), "không có phần “poem”"),
        (("--kind", "annex", "--format", "xlsx", "--agency", "nobody"), "ktm-so-noi-vu"),
        (("--kind", "slides", "--format", "pptx", "--template", "absent"), "Không đọc được mẫu"),
    ],
)
def test_a_wrong_question_is_refused_in_one_sentence_and_nothing_is_written(
    words: tuple[str, ...], said: str, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    found = run(*words, "--out", str(out))
    assert found.exit_code == 2
    assert said in found.stderr
    assert found.stderr.count("\n") == 1
    assert not out.exists()


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    out = str(tmp_path / "absent" / "out")
    found = run("--kind", "annex", "--format", "xlsx", "--out", out)
    assert found.exit_code == 2
    assert "Không ghi được tệp" in found.stderr


# Nothing but this process and its files: no route out, no program that could be a browser.
# Figures and scorecards are read once, as they are the same for both formats of a kind.
ALL_KINDS = """
import functools, os, socket, sys
from typer.testing import CliRunner
os.environ["PATH"] = ""
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as fault:
    assert fault.errno == 101, fault
else:
    sys.exit("there is a network")
import manage
from commands import briefs
briefs.held, briefs._card = functools.cache(briefs.held), functools.cache(briefs._card)
from briefing.documents import pack
for kind, formats in pack.FORMATS.items():
    for one in formats:
        asked = ["brief", "--unit", "Kon Tum", "--year", "2023", "--kind", kind]
        said = CliRunner().invoke(
            manage.app, [*asked, "--format", one, "--out", f"{sys.argv[1]}/{kind}.{one}"]
        )
        assert said.exit_code == 0, said.output
"""


@pytest.mark.slow
@pytest.mark.skipif(not has_namespaces(), reason="this machine gives no network namespaces")
def test_every_kind_is_written_where_there_is_no_route_out_and_no_browser(
    tmp_path: Path, store_folder: Path
) -> None:
    done = subprocess.run(
        alone(sys.executable, "-c", ALL_KINDS, str(tmp_path)), cwd=ROOT, check=False,
        capture_output=True, text=True, timeout=1500,
        env={**os.environ, "RANKINGS_STORE": str(store_folder)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    starts = {"pdf": b"%PDF"}
    for kind, formats in pack.FORMATS.items():
        for one in formats:
            made = (tmp_path / f"{kind}.{one}").read_bytes()
            assert made.startswith(b"PK" if kind == pack.AGENCIES else starts.get(one, b"PK"))
