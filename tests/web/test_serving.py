"""`loom serve` as a process: what it prints, keeps and logs, and how it ends."""

import dataclasses
import json
import re
import socket
import stat
import urllib.error
import urllib.request
from http.cookiejar import CookieJar

import pytest
from serving import served

from engine.cli.main import main
from engine.store.home import Home
from web.logs import BYTES, start_log, stop_log
from web.settings import Settings, is_loopback
from web.tokens import keep_token


def get(url, cookies=None):
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(cookies))
    with opener.open(url, timeout=60) as answer:
        return answer.status, answer.geturl(), answer.read()


def test_a_server_says_where_it_is_answers_and_ends_when_it_is_told(tmp_path, monkeypatch, capsys):
    with served(tmp_path) as address:
        assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
        status, _, body = get(address + "api/health")
        assert (status, json.loads(body)["status"]) == (200, "ok")
        request = urllib.request.Request(address + "api/queue/pause", method="POST")
        urllib.request.urlopen(request, timeout=60).close()
        monkeypatch.setenv("LOOM_HOME", str(tmp_path))
        assert main(["serve", "--no-open", "--port", "0"]) == 2
        assert "in use by another server" in capsys.readouterr().err
    lines = [json.loads(line) for line in (tmp_path / "logs" / "server.log").read_text().splitlines()]
    logged = next(line for line in lines if line.get("path") == "/api/queue/pause")
    assert (logged["method"], logged["status"], logged["level"]) == ("POST", 200, "info")
    with served(tmp_path) as address:
        assert json.loads(get(address + "api/health")[2])["queue"]["paused"] is True


def test_off_loopback_a_token_is_made_kept_and_printed_and_opens_the_door_once_for_all(tmp_path, capfd):
    with served(tmp_path, "--host", "0.0.0.0") as address:
        found = re.fullmatch(r"(http://127\.0\.0\.1:\d+/)\?token=([\w-]{43})", address)
        assert found
        bare, token = found.groups()
        with pytest.raises(urllib.error.HTTPError) as refused:
            get(bare + "api/health")
        assert refused.value.code == 401
        cookies = CookieJar()
        get(address, cookies)
        (cookie,) = cookies
        assert cookie.has_nonstandard_attr("HttpOnly")
        assert cookie.get_nonstandard_attr("SameSite") == "Strict"
        assert get(bare + "api/health", cookies)[0] == 200
    file = tmp_path / "token"
    assert file.read_text().strip() == token == keep_token(tmp_path)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert token not in (tmp_path / "logs" / "server.log").read_text()
    assert "not encrypted" in capfd.readouterr().err


def test_a_port_that_is_taken_is_said_in_one_line_before_anything_starts(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert main(["serve", "--no-open", "--port", str(taken.getsockname()[1])]) == 2
    assert "--port 0 takes a free one" in capsys.readouterr().err
    assert not (tmp_path / "home" / "loom.db").exists()


@pytest.mark.parametrize("device", ["gpu", "cuda:x", ""])
def test_a_device_that_is_none_is_wrong_usage(device, capsys):
    assert main(["serve", "--no-open", "--device", "cpu", "--device", device]) == 2
    assert "there are: auto, cpu, cuda:N" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        *((name, True) for name in ("127.0.0.1", "127.1.2.3", "::1", "localhost")),
        *((name, False) for name in ("0.0.0.0", "::", "192.168.1.5", "example.org", "")),
    ],
)
def test_only_what_no_other_machine_reaches_is_loopback(host, loopback):
    assert is_loopback(host) is loopback
    assert dataclasses.replace(Settings(home=Home(None, ())), host=host).loopback is loopback


def test_a_token_that_is_too_short_to_be_one_is_made_anew(tmp_path):
    (tmp_path / "token").write_text("short\n")
    token = keep_token(tmp_path)
    assert len(token) == 43
    assert keep_token(tmp_path) == token


def test_the_log_rotates_and_holds_tracebacks_in_one_line(tmp_path):
    import logging

    handler = start_log(tmp_path)
    log = logging.getLogger("latentloom.test")
    try:
        try:
            raise ValueError("broken")
        except ValueError:
            log.exception("it failed")
        for _ in range(BYTES // 1000 + 10):
            log.info("x" * 1000)
    finally:
        stop_log(handler)
    files = sorted(path.name for path in tmp_path.iterdir())
    assert files == ["server.log", "server.log.1"]
    first = json.loads((tmp_path / "server.log.1").read_text().splitlines()[0])
    assert (first["message"], first["level"]) == ("it failed", "error")
    assert "ValueError: broken" in first["traceback"]
