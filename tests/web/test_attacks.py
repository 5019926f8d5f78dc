"""Every attack of the table is refused as it should be, the server serves on, and no check could be left out."""

import dataclasses
import json

import pytest
from attacking import CLOSED, request, send
from attacks import ATTACKS
from PIL import Image
from serving import served_here

from engine.store.home import Home
from engine.store.uploads import kind_of
from web.settings import Limits, Settings

TOKEN = "correct horse battery staple"
LIMITS = Limits(upload_bytes=3_000_000, body_seconds=1.0, idle_seconds=1.0)


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    root = tmp_path_factory.mktemp("attacked")
    (root / "editor").mkdir()
    (root / "editor" / "index.html").write_text("<!doctype html>")
    (root / "secret.json").write_text("root:x:secret")
    home = Home(root / "home", ())
    home.workflows.mkdir(parents=True)
    (home.workflows / "link.json").symlink_to(root / "secret.json")
    return Settings(home=home, editor=root / "editor", limits=LIMITS, warm=False)


@pytest.fixture(scope="module")
def port(settings):
    with served_here(settings) as port:
        send(port, request("GET", "/api/nodes")(port), 300)  # answered when all its processes are there
        yield port


@pytest.fixture(scope="module")
def guarded(settings, tmp_path_factory):
    """The port of a server that asks for a token."""
    home = Home(tmp_path_factory.mktemp("guarded"), ())
    with served_here(dataclasses.replace(settings, home=home, token=TOKEN)) as port:
        yield port


def refused(attack, port: int) -> bool:
    return send(port, attack.raw(port))[0] in attack.wanted


@pytest.mark.parametrize("attack", ATTACKS, ids=str)
def test_an_attack_is_refused(attack, port, guarded, request):
    at = guarded if attack.token else port
    status, received = send(at, attack.raw(at))
    assert status in attack.wanted, received[:300]
    assert b"secret" not in received
    assert b"Traceback" not in received
    if status != CLOSED and attack.kind not in ("protocol", "slow") and b"HEAD" not in attack.raw(at)[:4]:
        error = json.loads(received.partition(b"\r\n\r\n")[2])["error"]
        assert error["code"]
        assert error["message"]


def test_the_table_is_long_enough_and_each_attack_bears_its_own_name():
    assert len({str(attack) for attack in ATTACKS}) == len(ATTACKS) >= 60


def test_what_is_no_attack_passes(port, guarded):
    """Otherwise a server that refuses everything would pass."""
    own = {"Origin": "http://127.0.0.1:{port}"}
    for at, raw in [
        (port, request("GET", "/api/health")),
        (port, request("GET", "/api/health", host="localhost:{port}")),
        (port, request("GET", "/api/health", host="[::1]:{port}")),
        (port, request("POST", "/api/queue/resume", own)),
        (port, request("POST", "/api/queue/resume", {"Sec-Fetch-Site": "same-origin"})),
        (port, request("GET", "/", {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"})),
        (guarded, request("GET", "/api/health", {"Authorization": f"Bearer {TOKEN}"})),
    ]:
        status, received = send(at, raw(at))
        assert status == 200, received[:300]


def nothing(*_: object) -> None:
    """A check that was dropped."""


CHECKS = {
    "the server's own names": ("host", "web.guard.check_host", nothing),
    "origins": ("origin", "web.guard.check_origin", nothing),
    "kinds of bodies": ("media", "web.guard.check_media", nothing),
    "the token": ("token", "web.guard.check_token", nothing),
    "names of documents": ("path", "engine.store.documents.checked_document_name", lambda name: name),
    "links out of the library": ("path", "engine.store.documents.stay_inside", lambda root, path: path),
    "JSON": ("json", "web.bodies.parse_json", lambda data, source: json.loads(data)),
    "lengths of bodies": ("json", "web.bodies.check_length", nothing),
    "pixels": ("file", "web.intake.kind_of", lambda path, name, pixels: kind_of(path, name, 10**12)),
    "pictures": ("file", "engine.store.pictures.open_picture", lambda path, pixels: Image.new("L", (1, 1))),
    "headers of weights": ("file", "engine.store.uploads.read_header", nothing),
    "texts": ("file", "engine.store.uploads._is_text", lambda path: True),
    "queries": ("query", "web.routes.runs.read_query", lambda request, model: model()),
}


@pytest.mark.parametrize("check", CHECKS)
def test_a_server_without_a_check_would_not_withstand(check, port, guarded, monkeypatch):
    kind, place, without = CHECKS[check]
    monkeypatch.setattr(place, without)
    attacks = [attack for attack in ATTACKS if attack.kind == kind]
    assert not all(refused(attack, guarded if attack.token else port) for attack in attacks)
