"""The names under which a server may be called, on loopback and beyond, and pages that may use it."""

import socket
from pathlib import Path

import pytest
from aiohttp.test_utils import make_mocked_request

from engine.store.home import Home
from web.errors import Refused
from web.guard import check_host, check_origin, same_token
from web.settings import Settings

HOME = Home(Path("/nowhere"), ())
LOCAL = Settings(home=HOME, names=frozenset({"loom.example"}))
OPEN = Settings(home=HOME, host="0.0.0.0", token="t", names=frozenset({"loom.example"}))


def request(**headers):
    return make_mocked_request("POST", "/", headers={name.replace("_", "-"): value for name, value in headers.items()})


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.0.0.1:8765", "localhost:1", "LOCALHOST", "[::1]:8765", "loom.example", "Loom.Example:443"],
)
@pytest.mark.parametrize("settings", [LOCAL, OPEN], ids=["loopback", "open"])
def test_its_own_names_are_heard_everywhere(settings, host):
    check_host(request(Host=host), settings)


@pytest.mark.parametrize("host", ["192.168.1.5:8765", "[2001:db8::7]", socket.gethostname()])
def test_an_address_of_the_machine_is_a_name_only_where_others_can_reach_it(host):
    check_host(request(Host=host), OPEN)
    with pytest.raises(Refused):
        check_host(request(Host=host), LOCAL)


@pytest.mark.parametrize(
    "host", ["evil.example", "loom.example.evil.example", "x.loom.example", "", "a b", "[::1", "::1"]
)
@pytest.mark.parametrize("settings", [LOCAL, OPEN], ids=["loopback", "open"])
def test_a_name_of_somebody_else_is_never_heard(settings, host):
    with pytest.raises(Refused) as refused:
        check_host(request(Host=host), settings)
    assert refused.value.status == 403


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_page_of_its_own_may_use_it_behind_a_proxy_too(scheme):
    check_origin(request(Host="loom.example", Origin=f"{scheme}://loom.example"))


def test_a_page_on_another_port_may_not():
    with pytest.raises(Refused):
        check_origin(request(Host="localhost:8765", Origin="http://localhost:3000"))


@pytest.mark.parametrize(
    ("given", "same"), [("abc", True), ("abd", False), ("", False), ("ab", False), ("abcd", False), ("ä", False)]
)
def test_tokens_are_equal_or_not(given, same):
    assert same_token(given, "abc") is same
