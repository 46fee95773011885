"""Writes the workbook that loads back without a question, from the catalogue that judges it."""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from data.indices import Catalogue, MeasuredComponent
from data.intake.meaning import expected_units, n_ranked
from data.intake.model import address
from data.units import UnitRegister

HEAD_ROW = 3  # the first of two header rows, from 0
FIRST_ROW = HEAD_ROW + 2
WIDTH_NAME, WIDTH_FIGURE = 26, 13
EXAMPLE_SHARE = 0.75  # the example's first unit has three quarters of each maximum


def workbook(index_id: str, edition: int, catalogue: Catalogue, units: UnitRegister) -> bytes:
    """An empty workbook for one index and year: a sheet to fill, an example, and instructions.

    Units and components are those of the year. Each cell accepts only what the judge would:
    names from a list, scores up to the maximum, ranks up to the number of units.

    Returns:
        The bytes of an .xlsx.

    Raises:
        data.indices.ComponentNotFound: there is no such index.

    Source: docs/method/intake.md.
    """
    components = _components(catalogue, index_id, edition)
    names = [unit.name_vi for unit in expected_units(units, catalogue, index_id, edition)]
    n = n_ranked(units, catalogue, index_id, edition)
    short = catalogue.index(index_id).short
    target = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    book = xlsxwriter.Workbook(target, options)
    writer = _Writer(book, f"{short} {edition}", components, names, n)
    writer.sheet(f"{short} {edition}"[:31], example=False)
    writer.sheet("Ví dụ", example=True)
    writer.instructions()
    writer.lists()
    book.close()
    return target.getvalue()


def _components(catalogue: Catalogue, index_id: str, edition: int) -> list[MeasuredComponent]:
    """The components of the edition; of the latest one the catalogue describes when it is new."""
    found = catalogue.components(index_id, edition)
    if not found:
        latest = max(one.edition for one in catalogue.index(index_id).editions)
        found = catalogue.components(index_id, latest)
    wanted = [one for one in found if one.role != "alternative_total"]
    return sorted(wanted, key=lambda one: (one.sort, one.component_id))


class _Writer:
    """The sheets of one template."""

    def __init__(
        self,
        book: Any,
        title: str,
        components: list[MeasuredComponent],
        names: list[str],
        n_ranked: int,
    ) -> None:
        self.book = book
        self.title = title
        self.components = components
        self.names = names
        self.n_ranked = n_ranked
        self.head = book.add_format(
            {"bold": True, "text_wrap": True, "align": "center", "valign": "vcenter", "border": 1}
        )
        self.bold = book.add_format({"bold": True, "font_size": 14})
        self.plain = book.add_format({"text_wrap": True, "valign": "top"})
        self.figure = book.add_format({"num_format": "0.00##", "border": 1})
        self.place = book.add_format({"num_format": "0", "border": 1})
        self.name = book.add_format({"border": 1})

    def sheet(self, title: str, *, example: bool) -> None:
        """One sheet of (điểm, hạng) pairs under each component; the example sheet is hidden."""
        sheet = self.book.add_worksheet(title)
        sheet.write_string(0, 0, f"Kết quả {self.title}", self.bold)
        sheet.write_string(1, 0, "Để trống ô không công bố; không ghi 0 thay cho thiếu số liệu.")
        sheet.merge_range(HEAD_ROW, 0, HEAD_ROW + 1, 0, "Tỉnh, thành phố", self.head)
        sheet.set_column(0, 0, WIDTH_NAME)
        sheet.set_column(1, 2 * len(self.components), WIDTH_FIGURE)
        sheet.set_row(HEAD_ROW, 60)
        sheet.freeze_panes(FIRST_ROW, 1)
        for position, one in enumerate(self.components):
            column = 1 + 2 * position
            sheet.merge_range(HEAD_ROW, column, HEAD_ROW, column + 1, _label(one), self.head)
            sheet.write_string(HEAD_ROW + 1, column, "Điểm", self.head)
            sheet.write_string(HEAD_ROW + 1, column + 1, "Hạng", self.head)
        for offset, name in enumerate(self.names):
            sheet.write_string(FIRST_ROW + offset, 0, name, self.name)
        self._formats(sheet)
        self._validations(sheet)
        if example:
            self._example(sheet)
            sheet.hide()

    def _formats(self, sheet: Any) -> None:
        for offset in range(len(self.names)):
            for position in range(len(self.components)):
                sheet.write_blank(FIRST_ROW + offset, 1 + 2 * position, None, self.figure)
                sheet.write_blank(FIRST_ROW + offset, 2 + 2 * position, None, self.place)

    def _validations(self, sheet: Any) -> None:
        last = FIRST_ROW + len(self.names) - 1
        lists = f"='Danh sách'!$A$1:$A${len(self.names)}"
        sheet.data_validation(
            FIRST_ROW,
            0,
            last,
            0,
            {
                "validate": "list",
                "source": lists,
                "error_title": "Tên không có trong danh sách",
                "error_message": "Hãy chọn tỉnh, thành phố trong danh sách.",
            },
        )
        for position, one in enumerate(self.components):
            column = 1 + 2 * position
            most = one.max_score or 100.0
            sheet.data_validation(
                FIRST_ROW,
                column,
                last,
                column,
                {
                    "validate": "decimal",
                    "criteria": "between",
                    "minimum": 0,
                    "maximum": most,
                    "error_title": "Điểm ngoài thang",
                    "error_message": f"Điểm phải từ 0 đến {most:g}.".replace(".", ",", 1)
                    if most % 1
                    else f"Điểm phải từ 0 đến {most:g}.",
                },
            )
            sheet.data_validation(
                FIRST_ROW,
                column + 1,
                last,
                column + 1,
                {
                    "validate": "integer",
                    "criteria": "between",
                    "minimum": 1,
                    "maximum": self.n_ranked,
                    "error_title": "Hạng ngoài khoảng",
                    "error_message": f"Hạng phải là số nguyên từ 1 đến {self.n_ranked}.",
                },
            )

    def _example(self, sheet: Any) -> None:
        """Invented figures, falling evenly from the first unit to the last."""
        for offset in range(len(self.names)):
            for position, one in enumerate(self.components):
                most = one.max_score or 100.0
                score = round(most * (EXAMPLE_SHARE - 0.005 * offset), 2)
                sheet.write_number(FIRST_ROW + offset, 1 + 2 * position, score, self.figure)
                sheet.write_number(FIRST_ROW + offset, 2 + 2 * position, offset + 1, self.place)

    def instructions(self) -> None:
        """What the columns mean, in words."""
        sheet = self.book.add_worksheet("Hướng dẫn")
        sheet.set_column(0, 0, 110, self.plain)
        first = address(FIRST_ROW, 1)
        lines = [
            f"Mẫu nạp số liệu {self.title}",
            f"Điền từ ô {first} của trang đầu; mỗi dòng là một tỉnh, thành phố.",
            "Mỗi thành phần có hai cột: Điểm (theo thang của thành phần) và Hạng (hạng công bố).",
            "Không có hạng công bố thì để trống cột Hạng; hệ thống không tự điền.",
            "Đơn vị bị giữ lại số liệu thì để trống ô Điểm hoặc ghi KCDL; không ghi 0.",
            "Trang Ví dụ đang ẩn, có số liệu giả định đã điền đủ; bỏ ẩn để xem.",
            "Số thập phân viết theo cách của máy đang dùng: 86,14 hoặc 86.14 đều được.",
        ]
        lines += [
            f"{_label(one)}: tối đa {one.max_score:g} điểm".replace(".", ",")
            for one in self.components
            if one.max_score
        ]
        for row, line in enumerate(lines):
            sheet.write_string(row, 0, line, self.bold if row == 0 else self.plain)

    def lists(self) -> None:
        """The names the drop-down offers."""
        sheet = self.book.add_worksheet("Danh sách")
        for row, name in enumerate(self.names):
            sheet.write_string(row, 0, name)
        sheet.hide()


def _label(component: MeasuredComponent) -> str:
    """The component's name of that year; its code in front tells namesakes apart."""
    if component.role == "total":
        return component.name.vi
    return f"{component.code}: {component.name.vi}"
