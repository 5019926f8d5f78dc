"""What node types tell of sound inputs, in a check."""

from collections.abc import Mapping
from typing import Any

import pytest

from engine.graph.node import Multiline, Node
from engine.packs import Registry, registry_of


class Whisper(Node):
    """Give back a text; loud ones are noticed."""

    text: Multiline = ""

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        text = inputs["text"].get("value")
        if text == "crash":
            raise RuntimeError("a pack may fail in any way")
        return {"text": f"'{text}' is loud"} if isinstance(text, str) and text.isupper() else {}

    def run(self) -> str:
        return self.text


@pytest.fixture
def registry() -> Registry:
    return registry_of(Whisper)


def test_a_check_tells_what_nodes_notice_in_file_order(loom, write):
    file = write(
        {"b": ("Whisper", {"text": "HEY"}), "a": ("Whisper", {"text": "HO"}), "c": ("Whisper", {"text": "hm"})},
        outputs={"text": {"link": "c.value"}},
    )
    result = loom("check", file, "--json")
    assert result.status == 0
    told = [(n["code"], n["node"], n["input"], n["message"]) for n in result.document["notices"]]
    assert told == [
        ("notice", "b", "text", "node 'b': 'HEY' is loud"),
        ("notice", "a", "text", "node 'a': 'HO' is loud"),
    ]
    assert "node 'b': 'HEY' is loud" in loom("check", file).out


def test_a_linked_text_is_not_known_before_a_run_and_a_failing_pack_costs_nothing(loom, write):
    file = write(
        {
            "a": ("Whisper", {"text": "crash"}),
            "b": ("Whisper", {"text": {"link": "a.value"}}),
            "c": ("Whisper", {"text": 3}),
        }
    )
    result = loom("check", file, "--json")
    assert [fault["node"] for fault in result.document["faults"]] == ["c"]
    assert result.document["notices"] == []
