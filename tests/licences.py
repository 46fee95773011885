"""`make audit`: the licences of everything the program runs on, into docs/licences.md."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LIST = ROOT / "docs" / "licences.md"
PIN = re.compile(r"([A-Za-z0-9_.\-]+)==")
# Installed on Windows only, so the tool cannot see it here.
ELSEWHERE = {"colorama": "BSD-3-Clause"}
HEAD = """# Licences of what the program runs on

Every package of `requirements.txt`, as its own metadata states (`python -m tests.licences`). None
asks that the program be published or given away under the same terms. Packages used only to test
and build are not listed.

| Package | Licence |
|---|---|
"""
TAIL = """
Be Vietnam Pro, the font in `static/fonts`: SIL Open Font License 1.1 (`static/fonts/OFL.txt`).
"""


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def required() -> list[str]:
    """Names of the packages of requirements.txt, each once."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    return sorted({normal(found[1]) for line in lines if (found := PIN.match(line))})


def listed() -> dict[str, str]:
    """Licence by package, as docs/licences.md says."""
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", LIST.read_text(encoding="utf-8"), re.M)
    return {name: licence for name, licence in rows if name not in ("Package", "---")}


def main() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "piplicenses", "--format=json"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    known = {normal(row["Name"]): row["License"] for row in json.loads(told.stdout)}
    lines = [f"| {name} | {known.get(name) or ELSEWHERE[name]} |" for name in required()]
    LIST.write_text(HEAD + "\n".join(lines) + "\n" + TAIL, encoding="utf-8")
    print(f"{len(lines)} packages: docs/licences.md")


if __name__ == "__main__":
    main()
