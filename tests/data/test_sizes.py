"""A table of firms handed over: read as typed, or refused naming the row."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from data.build import REFERENCE
from data.sizes import SizesFault, read_sizes
from data.units import UnitRegister


@pytest.fixture(scope="module")
def register() -> UnitRegister:
    return UnitRegister.load(REFERENCE)


def book(*rows: list[Any]) -> bytes:
    made, target = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        made.active.append(row)
    made.save(target)
    return target.getvalue()


@pytest.mark.parametrize(
    "file",
    [
        b"Kon Tum,1500\nQu\xe1\xba\xa3ng Ng\xc3\xa3i,6200\n",
        "Tỉnh;Số doanh nghiệp\nKon Tum;1.500\n\nQuảng Ngãi;6.200\n".encode(),
        "\ufeffTỉnh\tSố doanh nghiệp\nkon tum\t1 500\ntỉnh Quảng Ngãi\t6,200\n".encode(),
        book(["Tỉnh", "Số doanh nghiệp"], ["Kon Tum", 1500], ["Quảng Ngãi", 6200.0]),
    ],
)
def test_csv_of_any_separator_and_a_workbook_give_the_same_counts(
    register: UnitRegister, file: bytes
) -> None:
    rows = read_sizes(file, register)
    assert dict(zip(rows["unit_id"], rows["value"], strict=True)) == {
        "vn63-kon-tum": 1500, "vn63-quang-ngai": 6200
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Kon Tum,1500\nXứ Lạng,20", "Dòng 2: "),
        ("Tỉnh,Số\nKon Tum,0", "Dòng 2: “0” không phải là số đếm lớn hơn 0."),
        ("Tỉnh,Số\nKon Tum,-5", "“-5” không phải"),
        ("Tỉnh,Số\nKon Tum,12.5", "“12.5” không phải"),
        ("Tỉnh,Số\nKon Tum", "“” không phải"),
        ("Kon Tum,1500\ntỉnh Kon Tum,1600", "Dòng 2: Kon Tum lặp lại."),
        ("", "không có dòng nào"),
        ("a,1\n" * 600, "không có dòng nào"),
    ],
)
def test_what_is_no_table_of_counts_is_refused_naming_the_row(
    register: UnitRegister, text: str, said: str
) -> None:
    with pytest.raises(SizesFault) as fault:
        read_sizes(text.encode(), register)
    assert said in str(fault.value)


@pytest.mark.parametrize("file", [b"PK\x03\x04broken", b"\xff\xfe\x00", b"x" * 2_000_000])
def test_a_file_that_cannot_be_read_is_refused_in_one_sentence(
    register: UnitRegister, file: bytes
) -> None:
    with pytest.raises(SizesFault):
        read_sizes(file, register)
