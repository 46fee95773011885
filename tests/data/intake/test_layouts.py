"""Each layout the publishers use gives the same figures, with nothing from footers or notes."""

from __future__ import annotations

from typing import Any

import pytest

from data.intake.meaning import Choices, mapping_of
from tests.workbooks import builders as build

NAME = "PCI 2015.xlsx"
PLAIN = build.scores(build.proposed(build.xlsx({"Bảng": build.pci_table()}), NAME))
N_UNITS, N_LINES = 63, 11


def same(sheets: dict[str, Any], name: str = NAME, **options: Any) -> Any:
    """The proposal of a workbook, shown to hold the very figures of the plain table."""
    proposal = build.proposed(build.xlsx(sheets, **options), name)
    assert build.scores(proposal) == PLAIN
    return proposal


def test_the_plain_table_holds_every_unit_and_component_once() -> None:
    assert len(PLAIN) == N_UNITS * N_LINES
    first = build.pci_figures()["Hà Nội"]
    assert PLAIN["vn63-ha-noi", "pci.transparency"] == first["pci.transparency"]


def test_a_title_above_the_header_is_no_header() -> None:
    titles = [
        ["BÁO CÁO KẾT QUẢ CHỈ SỐ PCI NĂM 2015"],
        ["Đơn vị tính: điểm"],
        [],
    ]
    proposal = same({"Bảng": [*titles, *build.pci_table()]}, "so lieu.xlsx")
    assert (proposal.index.value, proposal.edition.value) == ("pci", 2015)


def test_a_header_of_three_rows_with_merged_groups_is_read_downwards() -> None:
    table = build.pci_table()
    groups: list[Any] = [None] * 14
    groups[0], groups[1], groups[2], groups[4] = "STT", "Tỉnh", "Tổng hợp", "Chỉ số thành phần"
    under: list[Any] = [None, None, "PCI 2015", "Xếp hạng PCI 2015", *build.PCI_HEADS]
    numbers = [f"({one})" for one in range(1, 15)]
    rows = [groups, under, numbers, *table[1:]]
    same({"Bảng": rows}, merges={"Bảng": ["A1:A2", "B1:B2", "C1:D1", "E1:N1"]})


def test_a_bilingual_header_and_bilingual_names_are_one_table() -> None:
    english = (
        "Entry Costs",
        "Land Access",
        "Transparency",
        "Time Costs",
        "Informal Charges",
        "Policy Bias",
        "Proactivity",
        "Business Support Services",
        "Labor Training",
        "Legal Institutions",
    )
    table = build.pci_table()
    rows: list[list[Any]] = [
        ["Province", "Tỉnh", "PCI 2015", "Rank", *english],
        ["Province", "Tỉnh", "Điểm PCI", "Xếp hạng", *build.PCI_HEADS],
    ]
    for row in table[1:]:
        unit = build.units().resolve(row[1], geography="vn63")
        rows.append([unit.name_en, *row[1:]])
    same({"Bảng": rows})


@pytest.mark.parametrize("merged", [True, False], ids=["merged", "left blank"])
def test_a_pair_of_score_and_rank_stands_under_one_component(merged: bool) -> None:
    head: list[Any] = ["Tỉnh"]
    under: list[Any] = [None]
    merges = []
    lines = ("pci", *build.PCI_IDS)
    for position, label in enumerate(("PCI 2015", *build.PCI_HEADS)):
        head += [label, None]
        under += ["Điểm", "Thứ hạng"]
        first = "BDFHJLNPRTV"[position]
        merges.append(f"{first}1:{chr(ord(first) + 1)}1")
    ranks = {line: build.pci_ranks(line) for line in lines}
    rows: list[list[Any]] = [head, under]
    for name, own in build.pci_figures().items():
        row: list[Any] = [name]
        for line in lines:
            row += [own[line], ranks[line][name]]
        rows.append(row)
    proposal = same({"Bảng": rows}, merges={"Bảng": merges} if merged else {})
    assert proposal.rows["rank"].notna().all()
    assert set(proposal.rows["state"]) == {"ranked"}


def test_one_tab_per_component_takes_the_component_from_the_tab() -> None:
    sheets: dict[str, Any] = {}
    for label, line in zip(("PCI 2015", *build.PCI_HEADS), ("pci", *build.PCI_IDS), strict=True):
        ranks = build.pci_ranks(line)
        rows = [[name, own[line], ranks[name]] for name, own in build.pci_figures().items()]
        sheets[label[:31]] = [["Tỉnh", "Điểm", "Hạng"], *rows]
    same(sheets)


def test_one_tab_per_year_gives_each_year_its_own_figures() -> None:
    table = build.pci_table()
    header = [str(one).replace("2015", "2016") for one in table[0]]
    later = [header, *[[*row[:2], None, None, *row[4:-1], 5.5] for row in table[1:]]]
    proposal = build.proposed(
        build.xlsx({"PCI 2015": table, "PCI 2016": later}), "PCI 2015-2016.xlsx"
    )
    assert proposal.editions == (2015, 2016)
    rows = proposal.rows[proposal.rows["edition"] == 2016]
    last = rows[rows["component_id"] == "pci.legal_institutions"]
    assert set(last["score"]) == {5.5}


def test_columns_sorted_each_by_itself_are_read_as_pairs() -> None:
    head: list[Any] = ["No"]
    columns = []
    lines = ("pci", *build.PCI_IDS)
    for label, line in zip(("PCI 2015", *build.PCI_HEADS), lines, strict=True):
        head += ["Tỉnh" if line == "pci" else None, label]
        ordered = sorted(build.pci_figures().items(), key=lambda item: -item[1][line])
        columns.append([(name, own[line]) for name, own in ordered])
    rows: list[list[Any]] = [head]
    rows += [
        [position + 1, *(one for pairs in columns for one in pairs[position])]
        for position in range(N_UNITS)
    ]
    rows += [[], [None, "TP.HCM", 1.23], [None, "Ranking", 4]]
    same({"Summary": rows})


def test_two_halves_side_by_side_are_one_list() -> None:
    table = build.pci_table()
    half = 32
    rows = [table[0] + table[0]]
    for position in range(1, half + 1):
        right = table[position + half] if position + half < len(table) else []
        rows.append(table[position] + right)
    same({"Bảng": rows})


def test_a_rank_before_the_names_belongs_to_the_names_after_it() -> None:
    ranks = build.pci_ranks("pci")
    ordered = sorted(build.pci_figures().items(), key=lambda item: ranks[item[0]])
    left, right = ordered[:32], ordered[32:]
    rows: list[list[Any]] = [["Hạng", "Tỉnh", "Điểm PCI", "Hạng", "Tỉnh", "Điểm PCI"]]
    for position in range(32):
        row: list[Any] = []
        for half in (left, right):
            if position < len(half):
                name, own = half[position]
                row += [ranks[name], name, own["pci"]]
        rows.append(row)
    proposal = build.proposed(build.xlsx({"PCI 2015": rows}), NAME)
    held = dict(zip(proposal.rows["unit_id"], proposal.rows["rank"], strict=True))
    assert len(held) == N_UNITS
    assert held["vn63-ha-noi"] == ranks["Hà Nội"]
    assert held["vn63-ca-mau"] == ranks["Cà Mau"]


def test_a_transposed_sheet_is_turned_round_with_its_scale_column() -> None:
    table = build.pci_table()
    columns = [list(column) for column in zip(*table, strict=True)]
    rows = [["Tên tỉnh/thành phố", "Thang điểm", *columns[1][1:]]]
    rows += [[column[0], "1-10 điểm", *column[1:]] for column in columns[2:]]
    rows[2][0] = "Xếp hạng PCI 2015"
    rows += [[], ["Ghi chú: (*) chỉ số được điều chỉnh"], ["KCDL = Không có dữ liệu"]]
    proposal = same({"Bảng": rows})
    first = proposal.rows[proposal.rows["unit_id"] == "vn63-ha-giang"].iloc[0]
    assert first["cell"].startswith("D")
    assert first["name_cell"] == "D1"


FOOTERS: list[list[Any]] = [
    ["999", "Highest", 99.0, 1, *[9.9] * 10],
    [None, "Điểm cao nhất", 99.0, None, *[9.9] * 10],
    [None, "Min", 1.0, None, *[1.1] * 10],
    [None, "Median", 1.0, None, *[1.1] * 10],
    [None, "Trung vị", 1.0, None, *[1.1] * 10],
    [None, "Cả nước", 60.0, None, *[6.1] * 10],
    [None, "Trung bình", 60.0, None, *[6.1] * 10],
    [None, "Nguồn: VCCI", None],
    [None, "Ghi chú: 2 tỉnh không công bố", None],
]


@pytest.mark.parametrize("footer", FOOTERS, ids=[str(row[1]) for row in FOOTERS])
@pytest.mark.parametrize("gap", [True, False], ids=["after a gap", "right below"])
def test_nothing_is_taken_from_a_footer(footer: list[Any], gap: bool) -> None:
    rows = [*build.pci_table(), *([[]] if gap else []), footer]
    assert len(same({"Bảng": rows}).rows) == N_UNITS * N_LINES


def test_a_lookup_row_after_the_table_is_left_out() -> None:
    table = build.pci_table()
    lookup = [None, "Hà Nội", 1.0, 1, *[1.0] * 10]
    same({"Bảng": [*table, [], lookup, [None, "Min", 1.0], [None, "Max", 99.0]]})


def test_regions_between_the_units_are_headings() -> None:
    table = build.pci_table()
    rows = [
        *table[:10],
        [None, "II. Vùng Đồng bằng sông Hồng", 61.0],
        *table[10:30],
        [],
        [None, "Tây Nguyên"],
        *table[30:],
    ]
    same({"Bảng": rows})


def test_notes_beside_the_table_and_stray_columns_change_nothing() -> None:
    table = build.pci_table()
    rows = [list(row) for row in table]
    rows[3] += [None, None, "Chú giải: số in đậm là số đã điều chỉnh"]
    rows[5] += [None] * 1000 + ["x"]
    same({"Bảng": rows})


def test_a_hidden_sheet_is_named_and_not_read() -> None:
    table = build.pci_table()
    old = [[*row[:2], *([1.0] * 12)] if position else row for position, row in enumerate(table)]
    proposal = same({"Bảng": table, "Cũ": old}, hidden=["Cũ"])
    assert ("hidden_sheet_skipped", "Cũ") in {(one.key, one.sheet) for one in proposal.notes}


def test_a_hidden_sheet_is_read_when_a_person_chooses_it() -> None:
    table = build.pci_table()
    content = build.xlsx({"Trống": [["Hà Nội"]], "Cũ": table}, hidden=["Cũ"])
    proposal = build.proposed(content, NAME, choices=Choices(sheets=("Cũ",)))
    assert build.scores(proposal) == PLAIN


def test_two_columns_under_one_merged_label_are_score_and_rank() -> None:
    ranks = build.pci_ranks("pci")
    rows: list[list[Any]] = [["Tỉnh", "PCI 2015", None]]
    rows += [[name, own["pci"], ranks[name]] for name, own in build.pci_figures().items()]
    proposal = build.proposed(build.xlsx({"B": rows}, merges={"B": ["B1:C1"]}), NAME)
    own = proposal.rows.set_index("unit_id").loc["vn63-ha-noi"]
    assert (own["score"], own["rank"]) == (build.pci_figures()["Hà Nội"]["pci"], ranks["Hà Nội"])


def test_last_years_column_beside_this_years_is_left_out() -> None:
    rows: list[list[Any]] = [["Tỉnh", "PCI 2014", "PCI 2015"]]
    rows += [[name, 1.5, own["pci"]] for name, own in build.pci_figures().items()]
    proposal = build.proposed(build.xlsx({"B": rows}), NAME)
    assert proposal.editions == (2015,)
    assert build.scores(proposal)["vn63-ha-noi", "pci"] == PLAIN["vn63-ha-noi", "pci"]


def test_a_series_of_years_gives_each_year_its_own_edition() -> None:
    rows: list[list[Any]] = [["Tỉnh", "PCI 2013", "PCI 2014", "PCI 2015"]]
    rows += [[name, 51.5, 52.5, own["pci"]] for name, own in build.pci_figures().items()]
    proposal = build.proposed(build.xlsx({"B": rows}), "PCI qua cac nam.xlsx")
    assert proposal.editions == (2013, 2014, 2015)
    middle = proposal.rows[proposal.rows["edition"] == 2014]
    assert set(middle["score"]) == {52.5}


# ------------------------------------------------------------------------------ meaning


def papi(codes: dict[str, str], year: int) -> Any:
    rows: list[list[Any]] = [["Tỉnh", *codes.values()]]
    for position, name in enumerate(build.names()):
        rows.append([name, *(round(1 + position / 100 + n / 10, 3) for n in range(len(codes)))])
    return build.proposed(build.xlsx({"PAPI": rows}), f"PAPI {year}.xlsx")


def test_a_number_of_papi_means_another_component_from_2018() -> None:
    labels = {"2.1": "2.1: Tiếp cận thông tin", "2.2": "2.2: Danh sách hộ nghèo"}
    assert [one.component_id for one in papi(labels, 2018).columns] == [
        "papi.transparency.access_information",
        "papi.transparency.poverty_lists",
    ]
    assert papi({"2.1": "2.1"}, 2012).columns[0].component_id == "papi.transparency.poverty_lists"


def test_a_code_and_a_name_that_disagree_are_put_to_a_person() -> None:
    labels = {"2.1": "2.1: Chất lượng không khí", "1.1": "1.1: Tri thức công dân"}
    proposal = papi(labels, 2018)
    conflicts = [one for one in proposal.notes if one.key == "label_code_conflict"]
    assert [one.cell for one in conflicts] == ["B1"]


def test_a_name_of_other_years_is_found_through_the_lineage() -> None:
    rows = [["Tỉnh", "Chính sách hỗ trợ doanh nghiệp", "PCI"]]
    rows += [[name, 5.5, 60.5] for name in build.names()]
    proposal = build.proposed(build.xlsx({"B": rows}), NAME)
    column = proposal.columns[0]
    assert column.component_id in {"pci.business_support_services", None}
    assert column.component_id is not None or column.suggestions


def test_a_confirmed_mapping_is_remembered_for_the_same_layout_of_another_year() -> None:
    def content(year: int) -> bytes:
        rows: list[list[Any]] = [["Tỉnh", f"PCI {year}", "Cột lạ"]]
        rows += [[name, 60 + n / 100, 5 + n / 100] for n, name in enumerate(build.names())]
        return build.xlsx({"B": rows})

    choices = Choices(columns={"B!C1": ("pci.transparency", "score")})
    first = build.proposed(content(2015), "PCI 2015.xlsx", choices=choices)
    remembered = {first.fingerprint: mapping_of(first)}
    second = build.proposed(content(2016), "PCI 2016.xlsx", remembered=remembered)
    assert second.fingerprint == first.fingerprint
    assert [one.component_id for one in second.columns] == ["pci", "pci.transparency"]
    assert {one.ground for one in second.columns} == {"remembered"}
    without = build.proposed(content(2016), "PCI 2016.xlsx")
    assert without.columns[1].component_id is None


@pytest.mark.parametrize(
    ("name", "tab", "title", "index_id", "edition"),
    [
        ("PCI 2015.xlsx", "Sheet1", "", "pci", 2015),
        ("so lieu.xlsx", "PCI 2015", "", "pci", 2015),
        ("so lieu.xlsx", "Sheet1", "Chỉ số năng lực cạnh tranh cấp tỉnh năm 2015", "pci", 2015),
        ("QD 2024 cong bo PAR INDEX 2023.xlsx", "Sheet1", "", "par_index", 2023),
        ("20241105_sipas2023.xlsx", "Sheet1", "", "sipas", 2023),
        ("2016_PAPI.xlsx", "Sheet1", "", "papi", 2016),
    ],
)
def test_index_and_year_are_read_from_file_tab_or_title(
    name: str, tab: str, title: str, index_id: str, edition: int
) -> None:
    rows: list[list[Any]] = [[title], ["Tỉnh", "Tổng điểm", "Xếp hạng"]]
    rows += [[one, 60 + n / 100, 63 - n] for n, one in enumerate(build.names())]
    proposal = build.proposed(build.xlsx({tab: rows}), name)
    assert (proposal.index.value, proposal.edition.value) == (index_id, edition)
    assert proposal.index.grounds


def test_the_year_decides_which_bac_ninh_is_meant() -> None:
    rows: list[list[Any]] = [["Tỉnh", "PCI", "Hạng"], ["Bắc Ninh", 70.5, 1]]
    for year, unit_id in ((2024, "vn63-bac-ninh"), (2025, "vn34-bac-ninh")):
        proposal = build.proposed(build.xlsx({"B": rows}), f"PCI {year}.xlsx")
        assert set(proposal.rows["unit_id"]) == {unit_id}


@pytest.mark.parametrize(
    "spelling",
    [
        "Thừa Thiên - Huế",
        "TT-Huế",
        "TT.Huế",
        "Thua Thien Hue",
        "THỪA THIÊN HUẾ",
        "Tỉnh Thừa Thiên Huế",
        "12. Thừa Thiên Huế",
        "Thừa Thiên Huế (1)",
        "Thừa Thiên Huế*",
        "Thu\u031b\u0300a Thie\u0302n Hue\u0302\u0301",
    ],
)
def test_a_unit_is_known_under_every_spelling_in_use(spelling: str) -> None:
    rows: list[list[Any]] = [["Tỉnh", "PCI"], ["Hà Nội", 60.5], [spelling, 61.5], ["Cà Mau", 62]]
    proposal = build.proposed(build.xlsx({"B": rows}), NAME)
    assert build.scores(proposal)["vn63-thua-thien-hue", "pci"] == 61.5


def test_only_the_best_thirty_leaves_the_others_outside_and_not_missing() -> None:
    ranks = build.pci_ranks("pci")
    best = sorted(build.pci_figures().items(), key=lambda item: ranks[item[0]])[:30]
    rows: list[list[Any]] = [["Hạng", "Tỉnh", "Điểm PCI"]]
    rows += [[ranks[name], name, own["pci"]] for name, own in best]
    proposal = build.proposed(build.xlsx({"B": rows}), "PCI 2024.xlsx")
    states = proposal.rows["state"].value_counts().to_dict()
    assert states == {"ranked": 30, "outside_top": 33}
    assert proposal.rows.loc[proposal.rows["state"] == "outside_top", "score"].isna().all()


def test_a_score_of_zero_is_withheld_unless_a_person_says_otherwise() -> None:
    rows: list[list[Any]] = [["Tỉnh", "PCI"], ["Hà Nội", 60.5], ["Hải Phòng", 0], ["Cà Mau", 61]]
    content = build.xlsx({"B": rows})
    proposal = build.proposed(content, NAME)
    own = proposal.rows.set_index("unit_id").loc["vn63-hai-phong"]
    assert own["state"] == "withheld"
    kept = build.proposed(content, NAME, choices=Choices(zero_is_score=True))
    assert build.scores(kept)["vn63-hai-phong", "pci"] == 0


def test_percent_points_and_maximum_are_told_apart() -> None:
    rows: list[list[Any]] = [
        ["Tỉnh", "Cải cách thủ tục hành chính", None, None],
        [None, "Điểm đạt được", "Điểm tối đa", "Tỷ lệ (%)"],
    ]
    rows += [[name, 10 + n / 100, 13, (10 + n / 100) / 13] for n, name in enumerate(build.names())]
    percents = [(row, 3) for row in range(2, 65)]
    content = build.xlsx({"B": rows}, merges={"B": ["B1:D1"]}, percents=percents)
    own = build.proposed(content, "PAR INDEX 2023.xlsx").rows.iloc[0]
    assert own["component_id"] == "par_index.procedures"
    assert own["max_score"] == 13
    assert own["percent"] == pytest.approx(100 * own["score"] / 13)


def test_a_score_written_over_its_maximum_gives_both() -> None:
    rows: list[list[Any]] = [["Tỉnh", "Cải cách thủ tục hành chính"]]
    rows += [[name, f"12,{10 + n}/13"] for n, name in enumerate(build.names())]
    own = build.proposed(build.xlsx({"B": rows}), "PAR INDEX 2023.xlsx").rows
    assert set(own["max_score"]) == {13}
    assert own["score"].min() == 12.10


def test_ministries_are_recognised_and_not_taken_for_provinces() -> None:
    rows = [["Đơn vị", "PAR INDEX"], ["Bộ Tài chính", 90], ["Bộ Nội vụ", 91], ["Bộ Y tế", 85]]
    proposal = build.proposed(build.xlsx({"B": rows}), "PAR INDEX bo 2023.xlsx")
    assert proposal.level.value == "ministry"
    assert len(proposal.rows) == 0


def test_an_annex_of_a_ministerial_decision_is_read_as_it_is_printed() -> None:
    heads = [
        "STT",
        "Tỉnh/TP",
        "Công tác chỉ đạo, điều hành CCHC",
        "Cải cách thể chế",
        "Cải cách TTHC",
        "Cải cách tổ chức bộ máy",
        "Cải cách chế độ công vụ",
        "Cải cách tài chính công",
        "Xây dựng và phát triển CQĐT, CQS",
        "Tác động của CCHC",
        "Tổng điểm",
        "PAR INDEX 2023 (%)",
        "Xếp hạng",
    ]
    rows: list[list[Any]] = [
        ["PHỤ LỤC"],
        ["Kết quả Chỉ số cải cách hành chính năm 2023 của các tỉnh, thành phố"],
        ["(Kèm theo Quyết định của Bộ trưởng Bộ Nội vụ ngày 10/4/2024)"],
        heads,
        [f"({one})" for one in range(1, 14)],
    ]
    for position, name in enumerate(build.names()):
        parts = [round(most - position / 50, 2) for most in (8, 8, 11, 9, 12, 10, 11, 14)]
        written = [f"{one:.2f}".replace(".", ",") for one in (*parts, sum(parts))]
        rows.append([position + 1, name, *written, f"{written[-1]}%", position + 1])
    rows.append([None, "Trung bình cả nước", *["8,1"] * 11])
    content = build.xlsx({"Phụ lục 1": rows})
    proposal = build.proposed(content, "PL1 - QD cong bo.xlsx")
    assert (proposal.index.value, proposal.edition.value) == ("par_index", 2023)
    assert len(proposal.rows) == 63 * 9
    assert build.scores(proposal)["vn63-ha-noi", "par_index"] == 83
    assert build.judged(content, "PL1 - QD cong bo.xlsx") == []


def test_a_component_may_be_named_by_its_number_alone() -> None:
    rows: list[list[Any]] = [
        ["Bảng xếp hạng PAR INDEX 2022 các tỉnh"],
        ["Tỉnh", "Chỉ số thành phần 1", None, None, "Chỉ số thành phần 2", None, None],
        [None, *["Điểm", "Chỉ số (%)", "Xếp hạng"] * 2],
    ]
    rows += [
        [name, 9 - n / 50, 90 - n / 5, n + 1] * 1 + [9.5, 95, 1]
        for n, name in enumerate(build.names())
    ]
    columns = build.proposed(build.xlsx({"B": rows}), "bang.xlsx").columns
    assert [(one.component_id, one.measure) for one in columns] == [
        (f"par_index.{component}", measure)
        for component in ("steering", "institutions")
        for measure in ("score", "percent", "rank")
    ]


def test_bare_numbers_over_columns_name_nothing() -> None:
    rows = [["Tỉnh", "1", "2"], *([name, 5.5, 6.5] for name in build.names())]
    proposal = build.proposed(build.xlsx({"B": rows}), "PAPI 2015.xlsx")
    assert [one.component_id for one in proposal.columns] == [None, None]


def test_a_list_with_last_years_score_and_rank_is_about_the_later_year() -> None:
    head = ["Tỉnh", "SIPAS 2022", "SIPAS 2023", "Xếp hạng 2022", "Xếp hạng 2023", "Tăng giảm bậc"]
    rows: list[list[Any]] = [head]
    rows += [
        [name, f"{80 + n / 20:.2f}%", f"{82 + n / 20:.2f}%", 63 - n, 63 - n, 0]
        for n, name in enumerate(build.names())
    ]
    proposal = build.proposed(build.xlsx({"B": rows}), "SIPAS.xlsx")
    assert proposal.editions == (2023,)
    own = proposal.rows.set_index("unit_id").loc["vn63-ha-noi"]
    assert (own["score"], own["rank"], own["printed_change"]) == (82.0, 63, 0)


PLACES = tuple(enumerate(build.names(), start=1))
TOTALS = {name: 95 - position / 4 for position, name in PLACES}
PAIR_HEAD = ["TT", "Tỉnh, thành phố", "Điểm", "Xếp hạng"]
PAIRS: list[list[Any]] = [[at, name, TOTALS[name], at] for at, name in PLACES]


def totals_of(rows: list[list[Any]], name: str, **options: Any) -> dict[str, tuple[float, float]]:
    """Score and rank of the total by unit, of a file that must be about PAR INDEX 2024."""
    proposal = build.proposed(build.xlsx({"Sheet1": rows}, **options), name)
    assert (proposal.index.value, proposal.editions) == ("par_index", (2024,))
    own = proposal.rows[proposal.rows["component_id"] == "par_index"]
    return dict(zip(own["unit_id"], zip(own["score"], own["rank"], strict=True), strict=True))


EXPECTED = {
    build.units().resolve(name, geography="vn63").unit_id: (TOTALS[name], at) for at, name in PLACES
}


def test_a_table_headed_by_another_index_never_lends_its_figures() -> None:
    sipas = [[at, name, 60.5, 64 - at] for at, name in PLACES]
    rows = [["I. PAR INDEX NĂM 2024"], PAIR_HEAD, *PAIRS, []]
    rows += [["II. SIPAS NĂM 2024"], PAIR_HEAD, *sipas]
    content = build.xlsx({"Sheet1": rows})
    for index_id, first in (("par_index", TOTALS["Hà Nội"]), ("sipas", 60.5)):
        choices = Choices(index_id=index_id)
        proposal = build.proposed(content, "so lieu 2024.xlsx", choices=choices)
        assert build.scores(proposal)["vn63-ha-noi", index_id] == first
        assert [note.key for note in proposal.notes] == ["other_index_table"]


def test_a_title_over_the_first_half_speaks_for_the_second() -> None:
    rows: list[list[Any]] = [["PAR INDEX 2024"], PAIR_HEAD * 2]
    rows += [[*PAIRS[at], *(PAIRS[at + 32] if at < 31 else [])] for at in range(32)]
    assert totals_of(rows, "bang.xlsx") == EXPECTED


def test_a_title_over_a_transposed_table_hides_no_total() -> None:
    names = [name for _, name in PLACES]
    rows: list[list[Any]] = [
        ["PAR INDEX 2024"],
        ["Chỉ số", *names],
        ["Tổng điểm", *(TOTALS[name] for name in names)],
        ["Xếp hạng", *(at for at, _ in PLACES)],
    ]
    assert totals_of(rows, "bang.xlsx") == EXPECTED


def test_a_header_alone_may_name_the_index() -> None:
    rows = [["TT", "Tỉnh", "PAR INDEX 2024", "Xếp hạng"], *PAIRS]
    assert totals_of(rows, "bang.xlsx") == EXPECTED


def test_a_column_of_changes_under_a_merged_header_is_no_score() -> None:
    rows: list[list[Any]] = [
        ["So sánh PAR INDEX năm 2023 và năm 2024"],
        ["Tỉnh", "Tăng, giảm", None, "Năm 2023", None, "Năm 2024", None],
        [None, *["Điểm", "Hạng"] * 3],
    ]
    rows += [[name, 1, 0, TOTALS[name] - 1, at, TOTALS[name], at] for at, name in PLACES]
    merges = {"Sheet1": ["B2:C2", "D2:E2", "F2:G2"]}
    assert totals_of(rows, "bang.xlsx", merges=merges) == EXPECTED


@pytest.mark.parametrize("name", ["QD 268-2025 PAR INDEX.xlsx", "PAR INDEX 06.04.2025.xlsx"])
def test_the_year_of_a_document_is_not_the_year_of_the_figures(name: str) -> None:
    rows = [["(Kèm theo Quyết định số 268/QĐ-BNV ngày 28 tháng 3 năm 2025)"]]
    rows += [["KẾT QUẢ CHỈ SỐ CẢI CÁCH HÀNH CHÍNH NĂM 2024"], PAIR_HEAD, *PAIRS]
    assert totals_of(rows, name) == EXPECTED


@pytest.mark.parametrize(
    "summary", [["1", "Trung du và miền núi phía Bắc", 84.08, None], [None, "Điểm tối đa", 100, 63]]
)
def test_a_row_of_figures_above_the_first_unit_is_no_header(summary: list[Any]) -> None:
    rows = [["PAR INDEX 2024"], PAIR_HEAD, summary, *PAIRS[:40]]
    rows += [["2", "Tây Nguyên", 81.5, None], *PAIRS[40:55], ["3", "ĐBSCL", 80.5, None]]
    assert totals_of([*rows, *PAIRS[55:]], "bang.xlsx") == EXPECTED


def test_the_place_in_the_country_wins_over_the_place_in_the_region() -> None:
    head = ["Tỉnh", "Điểm tự chấm", "Điểm chính thức", "Hạng trong vùng", "Hạng cả nước"]
    rows: list[list[Any]] = [["PAR INDEX 2024"], head]
    rows += [[name, 99.0, TOTALS[name], 1 + at % 14, at] for at, name in PLACES]
    assert totals_of(rows, "bang.xlsx") == EXPECTED


@pytest.mark.parametrize(
    ("written", "change"),
    [("Tăng 3 bậc", 3), ("▼ 2", -2), ("Giữ nguyên", 0), ("giảm 1,5 điểm", -1.5), (4, 4)],
)
def test_a_change_may_be_written_in_words_or_arrows(written: Any, change: float) -> None:
    rows = [[*PAIR_HEAD, "So với năm 2023"], *([*row, written] for row in PAIRS)]
    proposal = build.proposed(build.xlsx({"PAR INDEX 2024": rows}), "bang.xlsx")
    assert set(proposal.rows["printed_change"]) == {change}
    assert proposal.notes == ()


@pytest.mark.parametrize("beside", [False, True])
def test_two_years_on_one_sheet_each_follow_their_own_title(beside: bool) -> None:
    last = [[at, name, TOTALS[name] - 1, at] for at, name in reversed(PLACES)]
    first = [["PAR INDEX NĂM 2023", None, None, None], PAIR_HEAD, *last]
    second = [["PAR INDEX NĂM 2024", None, None, None], PAIR_HEAD, *PAIRS]
    if beside:
        rows = [[*one, None, *two] for one, two in zip(first, second, strict=True)]
    else:
        rows = [*first, [], *second]
    proposal = build.proposed(build.xlsx({"Sheet1": rows}), "bang.xlsx")
    own = proposal.rows.set_index(["unit_id", "edition"])["score"]
    assert (len(own), proposal.editions) == (126, (2023, 2024))
    assert own["vn63-ha-noi", 2023] == TOTALS["Hà Nội"] - 1
    assert own["vn63-ha-noi", 2024] == TOTALS["Hà Nội"]


def test_last_year_in_words_is_not_this_year() -> None:
    rows: list[list[Any]] = [
        ["PAR INDEX 2024"],
        ["Tỉnh", "Năm trước", None, "Năm nay", None],
        [None, *["Điểm", "Xếp hạng"] * 2],
    ]
    rows += [[name, TOTALS[name] - 1, 64 - at, TOTALS[name], at] for at, name in PLACES]
    assert totals_of(rows, "bang.xlsx", merges={"Sheet1": ["B2:C2", "D2:E2"]}) == EXPECTED


def test_what_a_form_of_one_index_meant_is_not_remembered_for_another() -> None:
    content = build.xlsx({"Sheet1": [PAIR_HEAD, *PAIRS]})
    first = build.proposed(content, "PAR INDEX 2024.xlsx")
    kept = {first.fingerprint: mapping_of(first)}
    second = build.proposed(content, "SIPAS 2024.xlsx", remembered=kept)
    assert second.fingerprint == first.fingerprint
    assert set(second.rows["component_id"]) == {"sipas"}
