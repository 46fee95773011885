"""How long reading and judging a workbook takes beside pandas with openpyxl, and the memory.

Run as `python tests/bench_intake.py [FILE]`; prints one line of JSON. Without a file it makes a
workbook as large as the publishers' largest: 9 sheets, 157 rows by 65 columns on the first.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
ROUNDS = 5


def invented() -> bytes:
    """A workbook of the largest layout seen, transposed, with invented figures."""
    from tests.workbooks import builders as build

    names = build.names()
    rows: list[list[Any]] = [["Tên tỉnh/thành phố", "Thang điểm", *names]]
    for line in range(156):
        label = f"Tỷ lệ người trả lời cho biết nội dung thứ {line} là đúng (%)"
        rows.append([label, "0%-100%", *((line * 7 + n) % 89 / 90 for n in range(63))])
    rows[1][0] = "Chỉ số PAPI 2018 (không có trọng số)"
    rows[2][0] = "Chỉ số nội dung 1: Tham gia của người dân ở cấp cơ sở"
    turned = [list(column) for column in zip(*rows, strict=True)]
    small = {f"Trang {n}": [row[:3] for row in rows] for n in range(7)}
    return build.xlsx({"Tỉnh": rows, "Xoay": turned, **small})


def ours(path: Path) -> None:
    """Reads, understands and judges a file."""
    from data.intake.checks import judge
    from tests.workbooks import builders as build

    judge(build.proposed(path.read_bytes(), path.name), build.context_of())


def plain(path: Path) -> None:
    """Reads the cells of a file and does nothing with them."""
    import pandas as pd

    engine = "calamine" if path.suffix == ".xls" else "openpyxl"
    pd.read_excel(path, sheet_name=None, header=None, engine=engine)


def reader(path: Path) -> None:
    """What the child process does: reads the cells."""
    from data.intake.worker import sheets_of

    sheets_of(path.read_bytes(), 32_767)


def processor_seconds() -> float:
    """Processor time of this process and its children so far: other programs do not count."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def seconds(work: Callable[[Path], None], path: Path) -> tuple[float, float]:
    """The medians of processor time and of the clock, after one round that is not counted."""
    work(path)
    used, taken = [], []
    for _ in range(ROUNDS):
        before, start = processor_seconds(), time.perf_counter()
        work(path)
        used.append(processor_seconds() - before)
        taken.append(time.perf_counter() - start)
    return statistics.median(used), statistics.median(taken)


def peak_megabytes(work: str, path: Path) -> float:
    """Peak memory of a fresh process that does the work once [MB]."""
    code = (
        f"from tests.bench_intake import {work}, peak; from pathlib import Path; "
        f"{work}(Path({str(path)!r})); print(peak())"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, text=True
    )
    return float(done.stdout.strip().splitlines()[-1])


def peak() -> float:
    """Peak resident memory of this process [MB].

    ru_maxrss keeps the parent's size across exec on Linux, so VmHWM is preferred.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(one for one in status.read_text().splitlines() if one.startswith("VmHWM"))
        return round(int(line.split()[1]) / 1024, 1)
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)


def measure(path: Path) -> dict[str, Any]:
    """Times, their ratio (below 1: ours is faster) and peak memories for one file."""
    mine, theirs = seconds(ours, path), seconds(plain, path)
    return {
        "file_kb": round(path.stat().st_size / 1024, 1),
        "intake_processor_seconds": round(mine[0], 3),
        "intake_seconds": round(mine[1], 3),
        "pandas_openpyxl_processor_seconds": round(theirs[0], 3),
        "pandas_openpyxl_seconds": round(theirs[1], 3),
        "ratio": round(mine[0] / theirs[0], 2),
        "intake_peak_mb": peak_megabytes("ours", path),
        "reader_peak_mb": peak_megabytes("reader", path),
        "pandas_openpyxl_peak_mb": peak_megabytes("plain", path),
    }


def main() -> None:
    """Measures the file named on the command line, or an invented one."""
    if len(sys.argv) > 1:
        print(json.dumps(measure(Path(sys.argv[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "PAPI 2018.xlsx"
        path.write_bytes(invented())
        print(json.dumps(measure(path)))


if __name__ == "__main__":
    main()
