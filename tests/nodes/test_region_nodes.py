"""The nodes for prompts in regions, as the engine calls and checks them."""

from typing import Any

import pytest
import torch

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Mismatch
from nodes.types import Conditioning, ConditioningEntry, Mask

PROMPT = Conditioning("sd", (ConditioningEntry({"context": torch.zeros(1, 4, 8)}),))
KNOWN = {"name": "small", "family": "sd", "text_width": 8}


class Listener:
    """Hears what a node notices."""

    def __init__(self) -> None:
        self.notices: list[tuple[str, str | None]] = []

    def notice(self, message: str, input: str | None = None) -> None:
        self.notices.append((message, input))


def value(number: object) -> dict[str, object]:
    return {"value": number}


def test_a_prompt_holds_in_its_box_or_under_the_mask_that_takes_its_place() -> None:
    boxed = nodes.RegionPrompt(prompt=PROMPT, left=50.0, right=100.0, feather=0.0).run()
    assert boxed.entries[0].mask is not None
    assert boxed.entries[0].mask.values[..., 256:].min() == 1
    assert boxed.entries[0].mask.values[..., :256].max() == 0
    drawn = Mask(torch.eye(6)[None])
    masked = nodes.RegionPrompt(prompt=PROMPT, mask=drawn, strength=2.0, feather=0.0, start=0.1, end=0.4).run()
    assert masked.entries[0].mask is not None
    assert torch.equal(masked.entries[0].mask.values, drawn.values)
    assert (masked.entries[0].weight, masked.entries[0].start, masked.entries[0].end) == (2.0, 0.1, 0.4)


@pytest.mark.parametrize(
    ("given", "input", "told"),
    [
        (
            {"left": value(60), "right": value(40.0)},
            "right",
            "input 'right' is 40 and input 'left' 60; right must be more",
        ),
        ({"mask": value(None), "top": value(5), "bottom": value(5)}, "bottom", "bottom must be more"),
        ({"mask": {}, "start": value(0.5), "end": value(0.5)}, "end", "end must be more"),
    ],
)
def test_a_region_that_is_nowhere_or_never_is_refused_before_anything_runs(
    given: dict[str, Any], input: str, told: str
) -> None:
    with pytest.raises(Mismatch, match=told) as refused:
        nodes.RegionPrompt.infer(given)
    assert refused.value.input == input


def test_a_box_does_not_matter_where_a_mask_is_linked() -> None:
    assert nodes.RegionPrompt.infer({"mask": {}, "prompt": KNOWN, "left": value(9), "right": value(1)}) == {
        "conditioning": KNOWN
    }
    with pytest.raises(LoomError, match="from 9 to 1 and 0 to 100 per cent covers nothing"):
        nodes.RegionPrompt(prompt=PROMPT, left=9.0, right=1.0).run()


def test_combined_prompts_are_for_the_models_of_each() -> None:
    assert nodes.CombinePrompts.infer({"prompts": [KNOWN, KNOWN], "base": KNOWN}) == {"conditioning": KNOWN}
    assert nodes.CombinePrompts.infer({"prompts": [], "base": KNOWN}) == {"conditioning": KNOWN}
    assert nodes.CombinePrompts.infer({}) == {"conditioning": {}}
    other = KNOWN | {"name": "large", "text_width": 768}
    clashing: dict[str, dict[str, Any]] = {
        "prompts": {"prompts": [KNOWN, other]},
        "base": {"prompts": [KNOWN], "base": other},
    }
    for name, inputs in clashing.items():
        with pytest.raises(Mismatch, match="of 'large'") as refused:
            nodes.CombinePrompts.infer(inputs)
        assert refused.value.input == name


def test_what_is_left_without_a_prompt_is_told() -> None:
    listener: Any = Listener()
    left = nodes.RegionPrompt(prompt=PROMPT).run()
    assert len(nodes.CombinePrompts(prompts=[left]).run(listener).entries) == 1
    assert listener.notices == [("no prompt holds in 50% of the picture; link a base for it", "base")]
    both = nodes.CombinePrompts(prompts=[left], base=PROMPT).run(listener)
    assert len(both.entries) == 2
    assert len(listener.notices) == 1
    with pytest.raises(LoomError, match="no prompt to combine"):
        nodes.CombinePrompts(prompts=[]).run(listener)
