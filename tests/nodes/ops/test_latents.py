from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from nodes.ops.latents import decode, encode
from nodes.ops.sampling import samples_of, with_samples
from nodes.types import Image, Latent, LatentSpace


class Blocks:
    """A VAE whose latent is the mean colour of each 4 × 4 block, so that smooth pictures return whole."""

    space = LatentSpace("blocks", 3, 4)
    device = torch.device("cpu")

    def encode(self, pixels: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.avg_pool2d(pixels, 4)

    def decode(self, samples: torch.Tensor) -> torch.Tensor:
        return samples.repeat_interleave(4, 2).repeat_interleave(4, 3)


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 3), st.sampled_from([3, 4]))
def test_a_picture_of_any_size_returns_in_its_own(height: int, width: int, batch: int, channels: int) -> None:
    pixels = torch.full((batch, height, width, channels), 0.25)
    latent = encode(Blocks(), Image(pixels))
    assert (latent.width, latent.height, latent.batch) == (width, height, batch)
    assert torch.equal(decode(Blocks(), latent).pixels, pixels[..., :3])


def test_what_is_beyond_the_edge_mirrors_the_picture() -> None:
    pixels = torch.arange(6.0).reshape(1, 1, 6, 1).expand(1, 4, 6, 3)
    samples = encode(Blocks(), Image(pixels)).samples
    assert samples is not None
    assert float(samples[0, 0, 0, 1]) == (4 + 5 + 4 + 3) / 4


def test_a_decoded_picture_is_clipped_to_its_range() -> None:
    latent = Latent(Blocks.space, 4, 4, 1, torch.tensor([-1.0, 0.5, 2.0]).reshape(1, 3, 1, 1))
    assert decode(Blocks(), latent).pixels[0, 0, 0].tolist() == [0.0, 0.5, 1.0]


def test_a_batch_is_coded_as_its_single_pictures(tiny_parts: Any) -> None:
    vae = tiny_parts()["vae"]
    pixels = torch.rand(3, 8, 8, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        batch = encode(vae, Image(pixels))
        singles = [encode(vae, Image(one)) for one in pixels.split(1)]
        decoded = decode(vae, batch).pixels
    assert torch.equal(samples_of(batch), torch.cat([samples_of(one) for one in singles]))
    with torch.no_grad():
        assert torch.equal(decoded, torch.cat([decode(vae, one).pixels for one in singles]))


def test_a_vae_codes_as_the_stock_one_does(tiny_parts: Any, tiny_model: Any) -> None:
    from diffusers import AutoencoderKL
    from diffusers.image_processor import VaeImageProcessor

    vae, stock = tiny_parts()["vae"], AutoencoderKL.from_pretrained(tiny_model() / "vae")
    pixels = torch.rand(1, 8, 12, 3)
    with torch.no_grad():
        latent = encode(vae, Image(pixels))
        mean = stock.encode(pixels.movedim(-1, 1) * 2 - 1).latent_dist.mean * stock.config.scaling_factor
        torch.testing.assert_close(latent.samples, mean)
        found = decode(vae, with_samples(latent, 5 * mean)).pixels
        shown = VaeImageProcessor().postprocess(stock.decode(5 * mean / stock.config.scaling_factor).sample, "pt")
    torch.testing.assert_close(found.movedim(-1, 1), shown)


def test_a_latent_that_cannot_be_decoded_is_refused() -> None:
    with pytest.raises(ValueError, match="latent is empty"):
        decode(Blocks(), Latent(Blocks.space, 4, 4))
    with pytest.raises(ValueError, match="space 'sd1', this VAE decodes 'blocks'"):
        decode(Blocks(), Latent(LatentSpace("sd1", 4, 8), 4, 4))
