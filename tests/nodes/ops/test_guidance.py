from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from nodes.ops.guidance import classifier_free
from nodes.ops.sampling import sample
from nodes.types import Conditioning, ConditioningEntry, Mask


def ask(gaussian: Any, positive: Conditioning, negative: Conditioning | None, cfg: float = 3.0, at: float = 0.5) -> Any:
    return classifier_free(gaussian, positive, negative, cfg, lambda sigma: at, gaussian.empty(2))


X = torch.randn(2, 4, 4, 4, generator=torch.Generator().manual_seed(0))


def test_guidance_is_the_line_through_both_answers(gaussian: Any) -> None:
    p = ask(gaussian, gaussian.about(1.0), None)(X, 2.0)
    n = ask(gaussian, gaussian.about(-1.0), None)(X, 2.0)
    both = ask(gaussian, gaussian.about(1.0), gaussian.about(-1.0))(X, 2.0)
    torch.testing.assert_close(both, n + 3 * (p - n))


def test_both_sides_are_asked_in_one_call(gaussian: Any) -> None:
    ask(gaussian, gaussian.about(1.0), gaussian.about(-1.0))(X, 2.0)
    assert gaussian.batches == [4]


def test_a_guidance_of_one_asks_only_the_positive(gaussian: Any, run: Callable[..., Any]) -> None:
    run(sample(gaussian, gaussian.about(1.0), gaussian.about(-1.0), gaussian.empty(2), steps=3, cfg=1.0))
    assert gaussian.batches == [2, 2, 2]


def entries(*several: Conditioning) -> Conditioning:
    return Conditioning(several[0].family, tuple(entry for one in several for entry in one.entries))


def test_entries_are_averaged_by_weight(gaussian: Any) -> None:
    one, two = gaussian.about(1.0, weight=3.0), gaussian.about(-1.0, weight=1.0)
    found = ask(gaussian, entries(one, two), None)(X, 2.0)
    expected = 0.75 * ask(gaussian, one, None)(X, 2.0) + 0.25 * ask(gaussian, two, None)(X, 2.0)
    torch.testing.assert_close(found, expected)


def test_an_entry_holds_where_its_mask_is(gaussian: Any) -> None:
    left, right = torch.zeros(1, 32, 32), torch.zeros(1, 32, 32)
    left[..., :16], right[..., 16:] = 1, 1
    one, two = gaussian.about(1.0, mask=Mask(left)), gaussian.about(-1.0, mask=Mask(right))
    found = ask(gaussian, entries(one, two), None)(X, 2.0)
    torch.testing.assert_close(found[..., :2], ask(gaussian, gaussian.about(1.0), None)(X, 2.0)[..., :2])
    torch.testing.assert_close(found[..., 2:], ask(gaussian, gaussian.about(-1.0), None)(X, 2.0)[..., 2:])


def test_where_no_positive_holds_the_negative_stands_alone(gaussian: Any) -> None:
    left = torch.zeros(1, 32, 32)
    left[..., :16] = 1
    found = ask(gaussian, gaussian.about(1.0, mask=Mask(left)), gaussian.about(-1.0))(X, 2.0)
    torch.testing.assert_close(found[..., 2:], ask(gaussian, gaussian.about(-1.0), None)(X, 2.0)[..., 2:])


@pytest.mark.parametrize(("at", "holds"), [(0.0, False), (0.3, True), (0.69, True), (0.7, False), (1.0, False)])
def test_an_entry_holds_from_its_start_up_to_its_end(gaussian: Any, at: float, holds: bool) -> None:
    timed, always = gaussian.about(5.0, start=0.3, end=0.7), gaussian.about(1.0)
    found = ask(gaussian, entries(timed, always), None, at=at)(X, 2.0)
    assert torch.equal(found, ask(gaussian, always, None)(X, 2.0)) is not holds


def test_an_entry_to_the_end_holds_in_the_last_step(gaussian: Any) -> None:
    assert ask(gaussian, gaussian.about(1.0), None, at=1.0)(X, 2.0).shape == X.shape


def test_a_step_that_nothing_holds_in_is_refused(gaussian: Any, tiny_parts: Any) -> None:
    denoiser = tiny_parts()["denoiser"]
    late = Conditioning("sd", (ConditioningEntry({"context": torch.zeros(1, 24, 32)}, start=0.9),))
    for model, prompt in ((gaussian, gaussian.about(1.0, start=0.9)), (denoiser, late)):
        with pytest.raises(ValueError, match=r"^no prompt holds after 50% of the run; let one hold then too"):
            classifier_free(model, prompt, None, 3.0, lambda sigma: 0.5, gaussian.empty(2))(X, 2.0)


def test_prompts_of_other_lengths_share_a_call_and_mean_what_they_did(tiny_parts: Any) -> None:
    denoiser = tiny_parts()["denoiser"]
    short, long = torch.randn(1, 24, 32), torch.randn(1, 48, 32)
    x = torch.randn(1, 4, 4, 4)
    with torch.no_grad():
        apart = [denoiser(x, 2.0, {"context": context}) for context in (short, long)]
        aligned = denoiser.align([{"context": short}, {"context": long}])
        assert [tensors["context"].shape[1] for tensors in aligned] == [48, 48]
        for tensors, alone in zip(aligned, apart, strict=True):
            torch.testing.assert_close(denoiser(x, 2.0, tensors), alone, rtol=0, atol=1e-5)


def test_prompts_that_only_a_very_long_one_would_fit_are_asked_apart(tiny_parts: Any) -> None:
    denoiser = tiny_parts()["denoiser"]
    rows = [torch.randn(1, n * 24, 32) for n in (7, 8)]
    assert [t["context"].shape[1] for t in denoiser.align([{"context": r} for r in rows])] == [168, 192]


def test_a_conditioning_of_another_width_is_refused(tiny_parts: Any, gaussian: Any) -> None:
    denoiser = tiny_parts()["denoiser"]
    wide = replace(gaussian.about(1.0), family="sd").entries[0]
    with pytest.raises(ValueError, match="768 wide, this model takes 32"):
        denoiser.check({"context": torch.zeros(1, 24, 768)})
    with pytest.raises(ValueError, match="has mean; this model wants context"):
        denoiser.check(wide.tensors)
