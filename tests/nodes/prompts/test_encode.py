from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from nodes.prompts.emphasis import EMPHASIS
from nodes.prompts.encode import encode_text


@pytest.fixture
def encoder(tiny_parts: Callable[..., dict[str, Any]]) -> Any:
    return tiny_parts()["text_encoder"]


def rows(encoder: Any, text: str, **settings: Any) -> Tensor:
    with torch.no_grad():
        (entry,) = encode_text(encoder, text, **settings).entries
    context: Tensor = entry.tensors["context"]
    return context


@pytest.mark.parametrize("clip_skip", [0, 1, 2])
@pytest.mark.parametrize("text", ["a red cube", "", "x" * 22])
def test_a_short_prompt_is_encoded_as_the_stock_pipeline_does(
    encoder: Any, tiny_model: Callable[..., Path], text: str, clip_skip: int
) -> None:
    from transformers import CLIPTextModel, CLIPTokenizer

    folder = tiny_model()
    tokenizer = CLIPTokenizer.from_pretrained(folder / "tokenizer")
    model = CLIPTextModel.from_pretrained(folder / "text_encoder")
    ids = tokenizer(text, padding="max_length", max_length=24, truncation=True, return_tensors="pt").input_ids
    with torch.no_grad():
        stock = model(ids, output_hidden_states=True)
        skipped = model.final_layer_norm(stock.hidden_states[-(clip_skip + 1)])
    expected = skipped if clip_skip else stock.last_hidden_state
    torch.testing.assert_close(rows(encoder, text, clip_skip=clip_skip), expected, rtol=0, atol=1e-6)


@pytest.mark.parametrize("emphasis", EMPHASIS)
def test_a_weight_of_one_changes_nothing(encoder: Any, emphasis: str) -> None:
    assert torch.equal(rows(encoder, "a (red:1.0) cube", emphasis=emphasis), rows(encoder, "a red cube"))


def test_only_the_weighted_tokens_rows_change(encoder: Any) -> None:
    changed = (rows(encoder, "ab (c:1.5) d") != rows(encoder, "ab c d")).any(-1)[0]
    assert changed.nonzero().flatten().tolist() == [3]


def test_a_weight_of_zero_is_the_empty_prompts_row(encoder: Any) -> None:
    assert torch.equal(rows(encoder, "ab (c:0) d")[0, 3], rows(encoder, "")[0, 3])


def test_scaled_rows_have_their_weight_and_the_mean_is_kept_where_it_is_said_to_be() -> None:
    z, weights = torch.rand(2, 5, 8), torch.ones(2, 5, 1)
    weights[0, 2], weights[1, 3] = 1.4, 0.5
    scaled, kept = (EMPHASIS[name](z, torch.zeros(1, 5, 8), weights) for name in ("nonorm", "a1111"))
    assert torch.equal(scaled, weights * z)
    torch.testing.assert_close(kept.mean((1, 2)), z.mean((1, 2)))
    torch.testing.assert_close(kept[0, 2] / kept[0, 1], 1.4 * z[0, 2] / z[0, 1])


def test_brackets_are_characters_when_emphasis_is_off(encoder: Any) -> None:
    assert torch.equal(rows(encoder, "(a:2)", emphasis="off"), rows(encoder, r"\(a:2\)"))


def test_a_long_prompt_is_its_windows_one_after_another(encoder: Any) -> None:
    parts = [rows(encoder, "a" * 22), rows(encoder, "b" * 22), rows(encoder, "c")]
    found = rows(encoder, "a" * 22 + " " + "b" * 22 + " c")
    torch.testing.assert_close(found, torch.cat(parts, dim=1), rtol=0, atol=1e-6)


def test_break_begins_a_window(encoder: Any) -> None:
    parts = torch.cat([rows(encoder, "a cube"), rows(encoder, "a cone")], dim=1)
    torch.testing.assert_close(rows(encoder, "a cube BREAK a cone"), parts, rtol=0, atol=1e-6)


def test_settings_that_an_encoder_does_not_have_are_refused(encoder: Any) -> None:
    with pytest.raises(ValueError, match="no emphasis 'loud'; there are: comfy, a1111, nonorm, off"):
        encode_text(encoder, "a", emphasis="loud")
    with pytest.raises(ValueError, match="clip_skip 3 leaves nothing of a text encoder of 3 layers"):
        encode_text(encoder, "a", clip_skip=3)
