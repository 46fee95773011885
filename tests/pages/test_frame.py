"""The frame: reference files that contradict themselves are said on every page, never thrown."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from data.build import REFERENCE, ensure
from data.store import Store
from ui import loaders

OpenPage = Callable[..., AppTest]


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the shipped files that the app starts from, on a server that has read nothing."""
    copy = tmp_path / "reference"
    shutil.copytree(REFERENCE, copy)

    def ensured(_: Store) -> bool:
        return ensure(Store(tmp_path / "store"), copy)

    monkeypatch.setattr(loaders, "ensure", ensured)
    monkeypatch.setattr(loaders, "REFERENCE", copy)
    for read in (loaders.prepare, loaders.register):
        read.clear()
    yield copy
    for read in (loaders.prepare, loaders.register):
        read.clear()


@pytest.mark.parametrize("page", ["overview", "upload"])
@pytest.mark.parametrize(
    ("file", "sound", "faulty", "said"),
    [
        ("indices/papi.yml", "direction: 1", "direction: 7", "papi.yml: direction"),
        ("units.csv", ",thành phố,", ",huyện,", "units.csv, dòng 2: loại “huyện” không có."),
        ("sources.yml", "producer:", "producer: [", "Không đọc được số liệu kèm theo"),
    ],
)
def test_a_reference_file_that_is_wrong_is_named_instead_of_the_page(
    open_page: OpenPage, reference: Path, page: str, file: str, sound: str, faulty: str, said: str
) -> None:
    path = reference / file
    path.write_text(path.read_text(encoding="utf-8").replace(sound, faulty, 1), encoding="utf-8")
    app = open_page(page)
    assert not app.exception
    (notice,) = [error.value for error in app.error]
    assert said in notice
    assert not app.title, "nothing of the page itself is shown"
