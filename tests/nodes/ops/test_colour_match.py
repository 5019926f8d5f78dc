import pytest
import torch

from nodes.ops.colour_match import Method, colour_matched, statistics

METHODS: tuple[Method, ...] = ("mean_std", "linear")


def picture(seed: int, spread: float = 0.08, batch: int = 1) -> torch.Tensor:
    """Colours that go together and are far from the edges of sRGB, so that nothing is clipped."""
    draw = torch.Generator().manual_seed(seed)
    turn = torch.rand(3, 3, generator=draw) - 0.3
    middle = torch.rand(3, generator=draw) * 0.3 + 0.35
    return (torch.randn(batch, 24, 20, 3, generator=draw).clamp(-2, 2) @ turn * spread + middle).clamp(0.02, 0.98)


@pytest.mark.parametrize("method", METHODS)
def test_a_picture_matched_to_itself_stays_as_it_is(method: Method) -> None:
    pixels = picture(0)
    own = statistics(pixels)
    torch.testing.assert_close(colour_matched(pixels, own, own, method), pixels, atol=1e-5, rtol=0)


def test_the_mean_and_the_spread_are_then_those_of_the_reference() -> None:
    pixels, reference = picture(1), picture(2, 0.05)
    wanted = statistics(reference)
    found = statistics(colour_matched(pixels, statistics(pixels), wanted))
    torch.testing.assert_close(found.mean, wanted.mean, atol=0.05, rtol=0)
    spreads = [one.covariance.diagonal(dim1=1, dim2=2).sqrt() for one in (found, wanted)]
    torch.testing.assert_close(*spreads, atol=0.05, rtol=0.01)


def test_the_linear_map_brings_all_of_the_covariance() -> None:
    pixels, reference = picture(3), picture(4, 0.05)
    wanted = statistics(reference)
    found = statistics(colour_matched(pixels, statistics(pixels), wanted, "linear"))
    torch.testing.assert_close(found.mean, wanted.mean, atol=0.05, rtol=0)
    torch.testing.assert_close(found.covariance, wanted.covariance, atol=0.3, rtol=0.02)


@pytest.mark.parametrize("method", METHODS)
def test_a_colour_cast_is_taken_off(method: Method) -> None:
    pixels = picture(5)
    cast = (pixels * torch.tensor([1.0, 0.8, 0.7])).clamp(0, 1)
    found = colour_matched(cast, statistics(cast), statistics(pixels), method)
    assert (found - pixels).abs().mean() < 0.25 * (cast - pixels).abs().mean()


@pytest.mark.parametrize("method", METHODS)
def test_a_plain_picture_takes_the_mean_colour_and_nothing_overflows(method: Method) -> None:
    plain, reference = torch.full((1, 6, 6, 3), 0.3), picture(6)
    wanted = statistics(reference)
    found = colour_matched(plain, statistics(plain), wanted, method)
    assert torch.isfinite(found).all()
    torch.testing.assert_close(statistics(found).mean, wanted.mean, atol=0.05, rtol=0)


def test_strength_leads_from_the_picture_to_the_match() -> None:
    pixels, wanted = picture(7), statistics(picture(8))
    own = statistics(pixels)
    assert torch.equal(colour_matched(pixels, own, wanted, strength=0.0), pixels)
    whole, half = (colour_matched(pixels, own, wanted, strength=share) for share in (1.0, 0.5))
    torch.testing.assert_close(half, (pixels + whole) / 2)


def test_only_what_is_seen_and_covered_is_measured() -> None:
    pixels = torch.cat([picture(9), torch.ones(1, 24, 20, 1)], -1)
    hidden = pixels.clone()
    hidden[:, :12] = torch.tensor([1.0, 0.0, 0.0, 0.0])
    mask = torch.zeros(1, 24, 20)
    mask[:, 12:] = 1
    by_alpha, by_mask = statistics(hidden), statistics(pixels, mask)
    torch.testing.assert_close(by_alpha.mean, by_mask.mean)
    torch.testing.assert_close(by_alpha.covariance, by_mask.covariance)


def test_a_batch_is_matched_picture_by_picture() -> None:
    pixels, reference = picture(10, batch=2), picture(11)
    wanted = statistics(reference)
    both = colour_matched(pixels, statistics(pixels), wanted)
    for one in range(2):
        alone = pixels[one : one + 1]
        torch.testing.assert_close(both[one : one + 1], colour_matched(alone, statistics(alone), wanted))
    clear = torch.cat([pixels, torch.rand(2, 24, 20, 1)], -1)
    assert torch.equal(colour_matched(clear, statistics(clear), wanted)[..., 3], clear[..., 3])


def test_what_cannot_be_matched_is_refused() -> None:
    with pytest.raises(ValueError, match="no colour to match"):
        statistics(torch.zeros(1, 2, 2, 4))
    with pytest.raises(ValueError, match="3 references for 2 pictures"):
        colour_matched(picture(0, batch=2), statistics(picture(0, batch=2)), statistics(picture(0, batch=3)))
