import json
from typing import Any

import pytest
import torch
from torch import Tensor

from nodes.ops.previews import Learner, Preview, fit, learn, preview_from, small_picture, unfitted
from nodes.types import Image, Latent, LatentSpace

SPACE = LatentSpace("vae:0123", 4, 8)


def decoded(samples: Tensor, matrix: Tensor) -> Tensor:
    """What a decoder that is linear makes of latents."""
    cells = torch.einsum("bchw,cd->bdhw", samples, matrix) + 0.5
    return cells.repeat_interleave(8, 2).repeat_interleave(8, 3)


def test_a_linear_decoder_is_found_exactly() -> None:
    generator = torch.Generator().manual_seed(0)
    samples = torch.randn(2, 4, 6, 5, generator=generator)
    matrix = 0.05 * torch.randn(4, 3, generator=generator)
    cells = torch.einsum("bchw,cd->bdhw", samples, matrix) + 0.5
    preview = fit(samples, decoded(samples, matrix))
    torch.testing.assert_close(preview.matrix, matrix, rtol=0, atol=1e-4)
    shown = preview(samples)
    assert shown.dtype == torch.uint8
    assert torch.equal(shown, (cells[0].movedim(0, -1).clamp(0, 1) * 255).round().to(torch.uint8))


def test_a_preview_cuts_the_graph_and_takes_any_precision() -> None:
    preview = unfitted(LatentSpace("x", 16, 8))
    assert preview(torch.randn(2, 16, 3, 4, dtype=torch.float16, requires_grad=True)).shape == (3, 4, 3)


def test_a_space_of_two_channels_has_a_preview_too() -> None:
    assert unfitted(LatentSpace("x", 2, 8))(torch.zeros(1, 2, 1, 1)).tolist() == [[[128, 128, 128]]]


def test_a_space_is_learned_from_what_is_decoded_in_it_and_no_other() -> None:
    generator = torch.Generator().manual_seed(1)
    matrix = 0.1 * torch.randn(4, 3, generator=generator)
    learner = Learner()
    guess = unfitted(SPACE)
    torch.testing.assert_close(learner.preview(SPACE).matrix, guess.matrix)

    errors = []
    for _ in range(6):
        samples = torch.randn(1, 4, 16, 16, generator=generator)
        pixels = decoded(samples, matrix)
        errors.append(learner.preview(SPACE).error(samples, pixels))
        learner.see(SPACE, samples, pixels)

    assert errors[1] < errors[0] / 4
    assert errors[-1] < errors[1] / 2
    torch.testing.assert_close(learner.preview(LatentSpace("another", 4, 8)).matrix, guess.matrix)


def test_one_flat_picture_teaches_nothing_wild() -> None:
    learner = Learner()
    learner.see(SPACE, torch.full((1, 4, 16, 16), 0.3), torch.full((1, 3, 128, 128), 0.9))

    assert learner.preview(SPACE).matrix.abs().max() < 1


def test_a_picture_that_was_cut_is_not_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    learner = Learner()
    monkeypatch.setattr("nodes.ops.previews.LEARNER", learner)
    samples = torch.randn(1, 4, 2, 2)
    before = small_picture(samples, SPACE)

    learn(Latent(SPACE, 15, 16, 1, samples), Image(torch.zeros(1, 16, 15, 3)))
    assert torch.equal(small_picture(samples, SPACE), before)

    learn(Latent(SPACE, 16, 16, 1, samples), Image(torch.zeros(1, 16, 16, 4)))
    assert not torch.equal(small_picture(samples, SPACE), before)


def test_a_preview_comes_back_from_its_file_for_its_own_space_only() -> None:
    preview = Preview(torch.randn(4, 3), torch.rand(3))
    document = json.loads(json.dumps(preview.to_json(SPACE)))

    again = preview_from(document, SPACE)

    assert again is not None
    torch.testing.assert_close(again.matrix, preview.matrix, rtol=0, atol=1e-5)
    assert preview_from(document, LatentSpace("vae:4567", 4, 8)) is None
    assert preview_from(document, LatentSpace(SPACE.name, 16, 8)) is None


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "x",
        {},
        {"matrix": 1},
        {"matrix": [["a"] * 3] * 4, "bias": [0] * 3},
        {"matrix": [[0, 0, 0], [0], [0], [0]], "bias": [0] * 3},
        {"matrix": [[float("nan")] * 3] * 4, "bias": [0] * 3},
        {"matrix": [[10**400] * 3] * 4, "bias": [0] * 3},
    ],
)
def test_a_file_that_is_no_preview_says_nothing(document: Any) -> None:
    if isinstance(document, dict):
        document["space"] = SPACE.name
    assert preview_from(document, SPACE) is None
