"""The program asks nobody outside: a journey on a machine that has no network at all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
JOURNEYS = ["tests/e2e/test_cold_deep_link.py", "-k", "font or by_name"]
# A namespace of its own has a loopback, switched off, and nothing else.
INSIDE = """
import fcntl, socket, struct, subprocess, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tool:
    fcntl.ioctl(tool, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as fault:
    assert fault.errno == 101, fault
else:
    sys.exit("there is a network")
command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *sys.argv[1:]]
sys.exit(subprocess.call(command))
"""


def alone(*command: str) -> list[str]:
    return ["unshare", "--net", "--map-root-user", *command]


def has_namespaces() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(alone("true"), check=False, capture_output=True).returncode == 0


@pytest.mark.skipif(not has_namespaces(), reason="this machine gives no network namespaces")
@pytest.mark.slow
def test_pages_work_where_there_is_no_route_out() -> None:
    done = subprocess.run(
        alone(sys.executable, "-c", INSIDE, *JOURNEYS),
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
