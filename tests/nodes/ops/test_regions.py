"""Prompts in regions, held against plain prompts and against the mean written out by hand."""

from collections.abc import Callable, Sequence
from itertools import pairwise, permutations
from typing import Any

import pytest
import torch
from slopes import hold_slope
from torch import Tensor

from nodes.ops.crops import Region
from nodes.ops.guidance import classifier_free
from nodes.ops.latents import decode
from nodes.ops.regions import box, combined, cut, left_over, placed
from nodes.ops.sampling import sample, with_samples
from nodes.prompts.encode import encode_text
from nodes.samplers.sigmas import sigma_table
from nodes.samplers.steps import SAMPLERS
from nodes.types import Conditioning, Latent, Mask

Run = Callable[..., Any]


def part(left: int = 0, right: int = 32, top: int = 0, bottom: int = 32, value: float = 1.0) -> Tensor:
    values = torch.zeros(1, 32, 32)
    values[:, top:bottom, left:right] = value
    return values


LEFT, RIGHT, MIDDLE = part(right=16), part(left=16), part(8, 24, 8, 24)


def sampled(
    gaussian: Any, run: Run, positive: Conditioning, negative: Conditioning | None = None, **changes: Any
) -> Any:
    settings: dict[str, Any] = {"seed": 3, "steps": 4, "cfg": 2.5, "sampler": "euler"} | changes
    return run(sample(gaussian, positive, negative, gaussian.empty(2), **settings))[1].latent.samples


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("guided", [False, True])
def test_one_region_that_covers_everything_is_the_plain_prompt(
    gaussian: Any, run: Run, sampler: str, guided: bool
) -> None:
    prompt, negative = gaussian.about(1.0), gaussian.about(-1.0) if guided else None
    whole = combined([placed(prompt, part(), feather=5.0)], gaussian.about(4.0))
    assert len(whole.entries) == 1
    found = sampled(gaussian, run, whole, negative, sampler=sampler)
    assert torch.equal(found, sampled(gaussian, run, prompt, negative, sampler=sampler))


def test_a_region_without_strength_is_as_though_it_were_not_there(gaussian: Any, run: Run) -> None:
    base, others = gaussian.about(1.0), [placed(gaussian.about(-2.0), LEFT)]
    nothing = placed(gaussian.about(7.0), MIDDLE, strength=0.0)
    assert torch.equal(
        sampled(gaussian, run, combined([*others, nothing], base)), sampled(gaussian, run, combined(others, base))
    )
    assert torch.equal(sampled(gaussian, run, combined([nothing], base)), sampled(gaussian, run, base))


def test_the_order_of_the_regions_does_not_matter(gaussian: Any, run: Run) -> None:
    regions = [
        placed(gaussian.about(1.0), LEFT, strength=2.0, feather=4.0),
        placed(gaussian.about(-1.0), RIGHT, feather=4.0, end=0.6),
        placed(gaussian.about(3.0), MIDDLE, strength=0.7, start=0.2),
    ]
    first, *others = (
        sampled(gaussian, run, combined(order, gaussian.about(0.5), 0.1)) for order in permutations(regions)
    )
    for other in others:
        torch.testing.assert_close(other, first, rtol=0, atol=1e-5)


def test_a_run_with_regions_is_the_loop_that_the_paper_writes(gaussian: Any, run: Run) -> None:
    """Euler's method by hand, with each cell's prompts and weights looked up by hand: two overlap, one is half as strong,
    the base has the rest."""
    regions = [placed(gaussian.about(1.0), LEFT), placed(gaussian.about(-1.0), MIDDLE, strength=0.5)]
    found = sampled(gaussian, run, combined(regions, gaussian.about(3.0)), gaussian.about(0.25), cfg=2.0)
    first = [torch.randn(4, 4, 4, generator=torch.Generator().manual_seed(3 + i)) for i in range(2)]
    sigmas = sigma_table(gaussian.schedule, "normal", 4, 1.0)
    for image, noise in enumerate(first):
        for row in range(4):
            for column in range(4):
                inside = 1 <= row <= 2 and 1 <= column <= 2
                shares = {1.0: float(column < 2), -1.0: 0.5 * inside}
                shares[3.0] = (1 - shares[1.0]) * (1 - shares[-1.0])
                x = noise[:, row, column] * (1 + sigmas[0] ** 2) ** 0.5
                for sigma, following in pairwise(sigmas):

                    def expected(mean: float, x: Tensor = x, sigma: float = sigma) -> Tensor:
                        return (0.25 * x + sigma**2 * mean) / (0.25 + sigma**2)

                    led = sum(w * expected(mean) for mean, w in shares.items()) / sum(shares.values())
                    x0 = expected(0.25) + 2.0 * (led - expected(0.25))
                    x = x0 + (following / sigma) * (x - x0)
                torch.testing.assert_close(found[image, :, row, column], x, rtol=1e-5, atol=1e-5)


def shares_at(gaussian: Any, conditioning: Conditioning, at: float) -> Tensor:
    """Which mean a run is led to in each cell (4, 4) at a time: at a very high noise level nothing else is seen."""
    ask = classifier_free(gaussian, conditioning, None, 1.0, lambda sigma: at, gaussian.empty())
    return ask(torch.zeros(1, 4, 4, 4), 1e4)[0, 0]


def test_the_base_has_what_the_regions_leave_in_place_and_in_time(gaussian: Any) -> None:
    early = placed(gaussian.about(1.0), LEFT, end=0.5)
    both = combined([early], gaussian.about(9.0))
    torch.testing.assert_close(shares_at(gaussian, both, 0.2), torch.tensor([1.0, 1, 9, 9]).expand(4, 4))
    torch.testing.assert_close(shares_at(gaussian, both, 0.5), torch.full((4, 4), 9.0))
    torch.testing.assert_close(shares_at(gaussian, both, 1.0), torch.full((4, 4), 9.0))


def test_a_share_of_the_base_holds_within_the_regions_too(gaussian: Any) -> None:
    found = shares_at(gaussian, combined([placed(gaussian.about(0.0), part())], gaussian.about(1.0), 0.25), 0.0)
    torch.testing.assert_close(found, torch.full((4, 4), 0.25 / 1.25))


def test_a_feathered_edge_fades_from_one_prompt_to_the_other(gaussian: Any) -> None:
    soft = combined([placed(gaussian.about(1.0), LEFT, feather=12.0)], gaussian.about(0.0))
    found = shares_at(gaussian, soft, 0.0)[0].tolist()
    assert found == sorted(found, reverse=True)
    assert 0.5 < found[1] < 1
    assert found[1] + found[2] == pytest.approx(1, abs=1e-4)


def test_a_cell_is_shared_by_how_much_of_it_each_covers(gaussian: Any) -> None:
    narrow = combined([placed(gaussian.about(1.0), part(right=10))], gaussian.about(0.0))
    assert shares_at(gaussian, narrow, 0.0)[0].tolist() == pytest.approx([1, 0.25, 0, 0])


def test_what_was_limited_before_holds_where_and_when_both_allow(gaussian: Any) -> None:
    twice = placed(placed(gaussian.about(1.0), LEFT, strength=0.5, end=0.8), part(bottom=16), strength=0.5, start=0.3)
    (entry,) = twice.entries
    assert entry.mask is not None
    assert torch.equal(entry.mask.values, part(right=16, bottom=16))
    assert (entry.weight, entry.start, entry.end) == (0.25, 0.3, 0.8)
    with pytest.raises(ValueError, match=r"from 0\.3 to 0\.8 of a run, never in 0\.9 to 1"):
        placed(twice, LEFT, start=0.9)


def test_masks_of_other_sizes_and_one_for_each_picture_go_together(gaussian: Any, run: Run) -> None:
    each = torch.cat([LEFT, RIGHT])
    coarse = torch.tensor([[[1.0, 0], [1, 0]]])
    found = combined([placed(gaussian.about(1.0), each), placed(gaussian.about(2.0), coarse)], gaussian.about(0.0))
    batch = sampled(gaussian, run, found)
    for image in range(2):
        regions = [placed(gaussian.about(1.0), each[image : image + 1]), placed(gaussian.about(2.0), coarse)]
        alone = sample(
            gaussian, combined(regions, gaussian.about(0.0)), None, gaussian.empty(), seed=3 + image, steps=4
        )
        torch.testing.assert_close(batch[image : image + 1], run(alone)[1].latent.samples, rtol=0, atol=1e-6)
    with pytest.raises(ValueError, match="have 2 and 3 masks; give one for all pictures, or as many of each"):
        combined(
            [placed(gaussian.about(1.0), each), placed(gaussian.about(2.0), LEFT.expand(3, -1, -1))], gaussian.about(0)
        )


def test_a_box_is_given_in_per_cent_and_has_its_area() -> None:
    values = box(12.5, 0, 100, 33.3)
    assert values.shape == (1, 512, 512)
    assert float(values.mean()) == pytest.approx(0.875 * 0.333, rel=1e-5)
    assert values[0, :170, 64:].min() == 1
    assert values[..., :64].sum() == values[:, 171:].sum() == 0
    for wrong in ((50, 0, 50, 100), (0, 60, 100, 40)):
        with pytest.raises(ValueError, match="covers nothing"):
            box(*wrong)


def test_what_no_region_holds_in_is_counted_at_its_worst(gaussian: Any) -> None:
    left, right = placed(gaussian.about(1.0), LEFT), placed(gaussian.about(2.0), RIGHT, end=0.5)
    assert left_over([left]) == 0.5
    assert left_over([left, placed(gaussian.about(2.0), RIGHT)]) == 0
    assert left_over([left, right]) == 0.5
    assert left_over([gaussian.about(1.0)]) == 0


def test_a_cut_out_part_is_led_as_that_part_was(gaussian: Any) -> None:
    regions = combined([placed(gaussian.about(1.0), LEFT), placed(gaussian.about(2.0), MIDDLE)], gaussian.about(0.0))
    whole = shares_at(gaussian, regions, 0.0)
    corner = cut(regions, Region(16, 8, 16, 24), 32, 32)
    ask = classifier_free(gaussian, corner, None, 1.0, lambda sigma: 0.0, Latent(gaussian.space, 16, 24))
    torch.testing.assert_close(ask(torch.zeros(1, 4, 3, 2), 1e4)[0, 0], whole[1:, 2:])


@pytest.mark.parametrize(
    ("regions", "sentence"),
    [([], "no prompt to combine"), ([Conditioning("sd", ()), Conditioning("flux", ())], "kinds of model: flux, sd")],
)
def test_what_cannot_be_combined_is_refused(regions: Sequence[Conditioning], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        combined(regions)


def test_gradients_run_through_regions_to_the_noise(tiny_parts: Any) -> None:
    parts = tiny_parts()
    texts = [encode_text(parts["text_encoder"], text) for text in ("a red cube", "a blue ball", "")]
    regions = combined([placed(text, half) for text, half in zip(texts, (LEFT, RIGHT), strict=False)], texts[2], 0.1)
    latent = Latent(parts["denoiser"].space, 8, 8)
    first = torch.randn(1, 4, 4, 4, generator=torch.Generator().manual_seed(0))

    def brightness(noise: Tensor) -> Tensor:
        settings: dict[str, Any] = {"steps": 2, "cfg": 2.0, "noise": lambda like: noise}
        *_, state = sample(parts["denoiser"], regions, texts[2], latent, **settings)
        return decode(parts["vae"], with_samples(latent, state.x)).pixels.double().mean()

    hold_slope(brightness, first)


def test_under_a_mask_regions_lead_what_is_painted_and_the_rest_is_kept(gaussian: Any, run: Run) -> None:
    picture = Latent(gaussian.space, 32, 32, 1, torch.full((1, 4, 4, 4), 5.0), Mask(MIDDLE))
    regions = combined([placed(gaussian.about(1.0), LEFT)], gaussian.about(-1.0))
    settings: dict[str, Any] = {"seed": 1, "steps": 6, "fresh": True}
    found = run(sample(gaussian, regions, None, picture, **settings))[1].latent.samples
    assert (found[..., 0] == 5).all()
    for column, mean in ((1, 1.0), (2, -1.0)):
        plain = run(sample(gaussian, gaussian.about(mean), None, picture, **settings))[1].latent.samples
        torch.testing.assert_close(found[..., column], plain[..., column])
