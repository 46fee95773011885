"""Communes: 3 321 of them, each from somewhere, and their counts as the resolutions give them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.composition import composition
from data.build import REFERENCE
from data.communes_register import Commune, CommuneLink, CommuneRegister
from data.unit_records import ReferenceFault
from data.units import UnitRegister
from tests import communes_from_package

PROVINCES = UnitRegister.load(REFERENCE)
REGISTER = CommuneRegister.load(REFERENCE)
# As printed when the resolutions of 16 June 2025 were announced: communes, wards, special zones.
PRINTED = {
    "vn34-ha-noi": (75, 51, 0), "vn34-ho-chi-minh": (54, 113, 1), "vn34-hai-phong": (67, 45, 2),
    "vn34-da-nang": (70, 23, 1), "vn34-hue": (19, 21, 0), "vn34-can-tho": (72, 31, 0),
    "vn34-an-giang": (85, 14, 3), "vn34-bac-ninh": (66, 33, 0), "vn34-ca-mau": (55, 9, 0),
    "vn34-cao-bang": (53, 3, 0), "vn34-dak-lak": (88, 14, 0), "vn34-dien-bien": (42, 3, 0),
}  # fmt: skip


def test_there_are_3321_communes_of_10035_and_13_special_zones() -> None:
    kinds = [one.kind for one in REGISTER.now.values()]
    assert len(kinds) == 3321
    assert (kinds.count("xã"), kinds.count("phường"), kinds.count("đặc khu")) == (2621, 687, 13)
    before = [one.kind for one in REGISTER.before.values()]
    assert len(before) - before.count("huyện") == 10035
    assert before.count("huyện") == 5


def test_counts_per_province_are_those_announced() -> None:
    counts = REGISTER.counts().set_index("unit_id")
    assert len(counts) == 34
    assert counts["total"].sum() == 3321
    for unit_id, (communes, wards, zones) in PRINTED.items():
        row = counts.loc[unit_id]
        assert (row["xã"], row["phường"], row["đặc khu"]) == (communes, wards, zones), unit_id
    assert counts["total"].idxmin() == "vn34-lai-chau"
    assert counts["total"].idxmax() == "vn34-ho-chi-minh"
    zones = counts.loc[counts["đặc khu"] > 0, "đặc khu"].to_dict()
    assert zones == {
        "vn34-an-giang": 3, "vn34-hai-phong": 2, "vn34-quang-ninh": 2, "vn34-ho-chi-minh": 1,
        "vn34-da-nang": 1, "vn34-khanh-hoa": 1, "vn34-lam-dong": 1, "vn34-quang-ngai": 1,
        "vn34-quang-tri": 1,
    }  # fmt: skip


def test_the_ward_of_ba_dinh_is_made_of_what_its_resolution_lists() -> None:
    """Two wards whole and eight in part; the source counts remainders as parts."""
    code = next(one.code for one in REGISTER.now.values()
                if (one.name_vi, one.unit_id) == ("Phường Ba Đình", "vn34-ha-noi"))  # fmt: skip
    made = REGISTER.predecessors(code)
    names = {REGISTER.before[link.from_code].name_vi for link in made}
    assert names == {
        "Phường Quán Thánh", "Phường Trúc Bạch", "Phường Cửa Nam", "Phường Điện Biên",
        "Phường Đội Cấn", "Phường Kim Mã", "Phường Ngọc Hà", "Phường Thụy Khuê",
        "Phường Cửa Đông", "Phường Đồng Xuân",
    }  # fmt: skip
    assert sorted(link.extent for link in made) == ["part"] * 8 + ["whole"] * 2


def test_communes_are_units_that_the_same_machinery_composes() -> None:
    links, units = REGISTER.link_frame(), REGISTER.unit_frame()
    assert units["unit_id"].is_unique
    sole = links.loc[links["event"] == "unchanged", "to_unit_id"].iloc[0]
    merged = links.groupby("to_unit_id")["event"].agg(set)
    whole = str(merged.index[[events == {"merge"} for events in merged]][0])
    divided = str(merged.index[["split" in events for events in merged]][0])
    days = {"measured_on": date(2024, 12, 31), "asked_on": date(2025, 12, 31)}
    made = composition(links, [str(sole), whole, divided], weights="equal", **days)
    by_unit = made.groupby("unit_id")["share"].sum(min_count=1)
    assert by_unit[sole] == 1
    assert by_unit[whole] == pytest.approx(1)
    assert made.loc[made["unit_id"] == divided, "share"].isna().all()
    by_people = composition(links, [whole], **days)
    assert set(by_people["reason"]) == {"weights_missing"}


def commune(code: str, kind: str = "xã", unit: str = "vn34-hue") -> Commune:
    return Commune(code, f"Xã {code}", kind, unit)


OLD = Commune("1", "Xã cũ", "xã", "vn63-thua-thien-hue")


@pytest.mark.parametrize(
    ("now", "before", "links", "said"),
    [
        ([commune("9"), commune("9")], [OLD], [("1", "9", "whole")], "dùng hai lần"),
        ([commune("9", "thôn")], [OLD], [("1", "9", "whole")], "loại “thôn”"),
        ([commune("9", unit="vn34-x")], [OLD], [("1", "9", "whole")], "không có tỉnh"),
        ([commune("9")], [OLD], [("2", "9", "whole")], "không có trong danh sách"),
        ([commune("9")], [OLD, replace(OLD, code="2")], [("1", "9", "whole")], "nhập vào đâu"),
        ([commune("9"), commune("8")], [OLD], [("1", "9", "whole")], "không rõ từ đâu"),
        ([commune("9")], [OLD], [("1", "9", "part")], "vừa nguyên vẹn vừa bị chia"),
        ([commune("9", unit="vn34-ha-noi")], [OLD], [("1", "9", "whole")], "không cùng tỉnh"),
    ],
)
def test_a_register_that_contradicts_itself_is_refused(
    now: list[Commune], before: list[Commune], links: list[tuple[str, str, str]], said: str
) -> None:
    with pytest.raises(ReferenceFault, match=said):
        CommuneRegister(
            now=now, before=before, links=[CommuneLink(*link) for link in links],
            provinces=PROVINCES,
        )  # fmt: skip


@pytest.mark.skipif(communes_from_package.package() is None, reason="vietnamadminunits is absent")
def test_the_shipped_files_are_what_the_package_gives() -> None:
    source = communes_from_package.package()
    assert source is not None
    communes, former, links = communes_from_package.rows(source)
    assert {row[0]: tuple(row[1:]) for row in communes} == {
        code: (one.name_vi, one.kind, one.unit_id) for code, one in REGISTER.now.items()
    }
    assert {row[0] for row in former} == set(REGISTER.before)
    assert {tuple(row) for row in links} == {
        (link.from_code, link.to_code, link.extent) for link in REGISTER.links
    }
