"""What is shipped to run the program with: every path it names is there, and its limits hold."""

from __future__ import annotations

import contextlib
import http.server
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.harness import free_port
from ui import limits

ROOT = Path(__file__).resolve().parents[1]
DEPLOY = ROOT / "deploy"
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
needs_nginx = pytest.mark.skipif(not Path(NGINX).exists(), reason="no nginx on this machine")


def lines(name: str) -> list[str]:
    text = (DEPLOY / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and line[0] != "#"]


def test_the_container_file_copies_and_runs_what_is_there() -> None:
    steps = [line.split(maxsplit=1) for line in lines("Containerfile")]
    assert {word for word, _ in steps} <= {
        "FROM", "RUN", "WORKDIR", "COPY", "USER", "ENV", "VOLUME", "EXPOSE", "HEALTHCHECK", "CMD",
    }  # fmt: skip
    assert steps[0][0] == "FROM"
    for source in (rest.split()[0] for word, rest in steps if word == "COPY"):
        assert (ROOT / source).exists(), source
    command = re.findall(r'"([^"]*)"', dict(steps)["CMD"])
    assert command[:5] == ["python", "-m", "streamlit", "run", "server.py"]
    assert (ROOT / "server.py").exists()
    order = [word for word, _ in steps]
    assert order.index("USER") > max(at for at, word in enumerate(order) if word == "RUN")
    assert "RANKINGS_SIGN_IN=accounts" in dict(steps)["ENV"], "open to a network, so never single"
    assert "--require-hashes" in " ".join(rest for word, rest in steps if word == "RUN")


@pytest.mark.parametrize("name", ["rankings.service", "rankings-backup.service"])
def test_services_run_programs_that_are_there_and_may_write_only_the_store(name: str) -> None:
    pairs = [line.split("=", 1) for line in lines(name) if "=" in line]
    for _, command in (pair for pair in pairs if pair[0].startswith("ExecStart")):
        program = next(word for word in command.split() if word.endswith(".py"))
        assert (ROOT / program).exists()
    given = dict(pairs)
    assert given["ProtectSystem"] == "strict"
    assert given["NoNewPrivileges"] == "yes"
    for folder in given["ReadWritePaths"].split():
        assert folder.startswith("/var/"), folder


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd on this machine")
def test_systemd_finds_no_fault_in_what_it_is_given(tmp_path: Path) -> None:
    for path in [*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")]:
        text = path.read_text(encoding="utf-8")
        (tmp_path / path.name).write_text(
            text.replace("/opt/rankings/.venv/bin/python", sys.executable), encoding="utf-8"
        )
    for path in sorted(tmp_path.iterdir()):
        done = subprocess.run(
            ["systemd-analyze", "verify", str(path)], capture_output=True, text=True, check=False,
            timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, ""), path.name


def test_no_secret_and_no_store_of_this_machine_gets_into_an_image() -> None:
    kept_out = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".streamlit/secrets.toml", ".env", "data/local", ".git"} <= set(kept_out)
    # What the program runs on is not kept out by a line too many.
    for needed in ("app.py", "server.py", "manage.py", "data", "static", ".streamlit", "locales"):
        assert needed not in kept_out
        assert (ROOT / needed).exists()


def test_the_proxy_lets_no_larger_body_through_than_the_program_takes() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", "\n".join(lines("nginx.conf")))
    assert int(size) << 20 == limits.LARGEST_BODY


class Upstream(http.server.BaseHTTPRequestHandler):
    """Stands for the program, and says which request number it was handed."""

    def do_GET(self) -> None:
        said = self.headers.get("X-Request-Id", "").encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        is_script = self.path.endswith(".js")
        self.send_header("Content-Type", "text/javascript" if is_script else "text/html")
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a real nginx with the shipped settings, without encryption and with less wait."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    upstream = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Upstream)
    threading.Thread(target=upstream.serve_forever, daemon=True).start()
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("127.0.0.1:8501", f"127.0.0.1:{upstream.server_port}"),
        ("/etc/nginx/rankings-proxy.conf", str(DEPLOY / "rankings-proxy.conf")),
        ("client_header_timeout 10s", "client_header_timeout 1s"),
        ("client_body_timeout 30s", "client_body_timeout 1s"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    text = re.sub(r"\n\s+ssl_\w+[^;]*;", "", text)
    (folder / "logs").mkdir()
    paths = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whole = (
        f"daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ access_log off; {paths}\n{text}\n}}\n"
    )
    (folder / "nginx.conf").write_text(whole, encoding="utf-8")
    process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
    try:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            assert process.poll() is None, (folder / "error.log").read_text()
        yield port
    finally:
        process.terminate()
        process.wait(timeout=10)
        upstream.shutdown()
        upstream.server_close()


def code(port: int, path: str, **request: object) -> tuple[int, str]:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}{path}", **request)  # type: ignore[arg-type]  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as fault:
        fault.close()
        return fault.code, ""


@needs_nginx
def test_the_proxy_hands_on_pages_with_a_number_and_nothing_for_the_machine(proxy: int) -> None:
    answered, number = code(proxy, "/targets")
    assert answered == 200
    assert re.fullmatch(r"[0-9a-f]{32}", number)
    for path in ("/metrics", "/_stcore/metrics"):
        assert code(proxy, path)[0] == 404


@needs_nginx
def test_the_browsers_part_comes_compressed_and_nothing_a_page_says(proxy: int) -> None:
    packed = {}
    for path in ("/static/js/index.js", "/app/static/x.js", "/_stcore/host-config", "/targets"):
        asked = urllib.request.Request(
            f"http://127.0.0.1:{proxy}{path}", headers={"Accept-Encoding": "gzip"}
        )
        with urllib.request.urlopen(asked, timeout=20) as answer:  # noqa: S310
            packed[path] = answer.headers["Content-Encoding"]
    assert packed.pop("/static/js/index.js") == "gzip"
    assert set(packed.values()) == {None}


@needs_nginx
@pytest.mark.parametrize(
    "begun",
    [
        b"GET /targets HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
        b"POST /sign-in HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nname=",
    ],
    ids=["headers that never end", "a body that stops"],
)
def test_a_request_that_trickles_is_cut_off(proxy: int, begun: bytes) -> None:
    with socket.create_connection(("127.0.0.1", proxy), timeout=15) as slow:
        slow.sendall(begun)
        started = time.monotonic()
        # Either an answer of 408 or a closed connection; never a wait without end.
        said = slow.recv(1000)
        assert said == b"" or b" 408 " in said
        assert time.monotonic() - started < 10


@needs_nginx
def test_a_body_too_large_and_a_header_too_long_are_refused_at_the_proxy(proxy: int) -> None:
    with socket.create_connection(("127.0.0.1", proxy), timeout=15) as large:
        large.sendall(b"PUT /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n")
        assert b" 413 " in large.recv(1000)
    assert code(proxy, "/", headers={"Cookie": "a" * 9000})[0] == 400


@needs_nginx
def test_a_flood_of_sign_ins_is_slowed_down(proxy: int) -> None:
    codes = [code(proxy, "/sign-in")[0] for _ in range(20)]
    assert codes.count(429) >= 5
    assert codes[0] == 200
