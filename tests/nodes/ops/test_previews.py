import torch

from nodes.ops.previews import fit, unfitted
from nodes.types import LatentSpace


def test_a_linear_decoder_is_found_exactly() -> None:
    generator = torch.Generator().manual_seed(0)
    samples = torch.randn(2, 4, 6, 5, generator=generator)
    matrix = 0.05 * torch.randn(4, 3, generator=generator)
    cells = torch.einsum("bchw,cd->bdhw", samples, matrix) + 0.5
    pixels = cells.repeat_interleave(8, 2).repeat_interleave(8, 3)
    preview = fit(samples, pixels)
    torch.testing.assert_close(preview.matrix, matrix, rtol=0, atol=1e-4)
    shown = preview(samples)
    assert shown.dtype == torch.uint8
    assert torch.equal(shown, (cells[0].movedim(0, -1).clamp(0, 1) * 255).round().to(torch.uint8))


def test_a_preview_cuts_the_graph_and_takes_any_precision() -> None:
    preview = unfitted(LatentSpace("x", 16, 8))
    assert preview(torch.randn(2, 16, 3, 4, dtype=torch.float16, requires_grad=True)).shape == (3, 4, 3)


def test_a_space_of_two_channels_has_a_preview_too() -> None:
    assert unfitted(LatentSpace("x", 2, 8))(torch.zeros(1, 2, 1, 1)).tolist() == [[[128, 128, 128]]]
