"""The CLIP reward against transformers' own model, tokenizer and image processor."""

import json
import shutil

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from nodes.families.clip import load_clip, prepare
from nodes.families.clip_folder import ClipFolder, Preparation, is_clip
from nodes.families.errors import UnusableModel
from nodes.rewarding.clip import ClipScore, moved, moves

KINDS = ["clip", "siglip"]
TEXT = "a red cube"


def pictures(height: int = 40, width: int = 48, count: int = 2) -> np.ndarray:
    """Smooth pictures as uint8, for resizing has little to round there."""
    small = np.random.default_rng(1).integers(0, 256, (count, 5, 6, 3), np.uint8)
    return np.stack(
        [np.asarray(Image.fromarray(one).resize((width, height), Image.Resampling.BICUBIC)) for one in small]
    )


def floats(pixels: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(pixels.copy()).float() / 255


def stock_processor(folder):
    from transformers import CLIPImageProcessorPil, SiglipImageProcessorPil

    kinds = {"clip": CLIPImageProcessorPil, "siglip": SiglipImageProcessorPil}
    return kinds[ClipFolder(folder).facts.family].from_pretrained(folder)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(40, 48), (57, 33), (32, 32), (20, 90)])
def test_pictures_are_prepared_as_the_image_processor_prepares_them(kind, size, tiny_clip):
    folder = tiny_clip(kind)
    pixels = pictures(*size)
    how = ClipFolder(folder).preparation
    wanted = stock_processor(folder)(list(pixels), return_tensors="pt")["pixel_values"]
    found = prepare(floats(pixels), how)
    apart = (found - wanted).abs() * torch.tensor(how.deviation)[:, None, None] * 255
    # The processor rounds to 8 bits after each of two passes, and a bicubic kernel's weights add up to 1.25 in size.
    assert apart.max() <= 0.5 * 1.25 + 0.5
    assert apart.mean() <= 0.4


@pytest.mark.parametrize("kind", KINDS)
def test_scores_are_the_cosines_of_the_stock_model(kind, tiny_clip):
    from transformers import AutoModel, AutoTokenizer

    folder, pixels = tiny_clip(kind), pictures()
    stock = AutoModel.from_pretrained(folder).eval()
    padding = {"max_length": 24, "padding": "max_length"} if kind == "siglip" else {}
    tokens = AutoTokenizer.from_pretrained(folder)([TEXT], return_tensors="pt", **padding)
    values = stock_processor(folder)(list(pixels), return_tensors="pt")["pixel_values"]
    with torch.no_grad():
        answer = stock(input_ids=tokens["input_ids"], pixel_values=values)
        wanted = (answer.image_embeds @ answer.text_embeds.T)[:, 0]
        found = ClipScore(load_clip(folder), TEXT)(floats(pixels))
    assert torch.allclose(found, wanted, atol=2e-3)
    assert (found[0] - found[1]).abs() > 0.01


@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_a_score_are_the_finite_differences(kind, tiny_clip):
    score = ClipScore(load_clip(tiny_clip(kind)).double(), TEXT)
    generator = torch.Generator().manual_seed(3)
    pixels = (0.2 + 0.6 * torch.rand(1, 36, 44, 3, generator=generator)).double().requires_grad_()
    (slope,) = torch.autograd.grad(score(pixels).sum(), pixels)
    along = torch.randn(pixels.shape, generator=generator, dtype=torch.float64)
    with torch.no_grad():
        ahead, behind = (score(pixels + sign * 1e-2 * along) for sign in (1, -1))
    # float64 pictures, but the embeddings are normalised in float32.
    assert ((ahead - behind) / 2e-2).item() == pytest.approx((slope * along).sum().item(), rel=2e-2)


def test_a_score_of_several_views_is_the_mean_of_the_scores_of_what_they_show(tiny_clip):
    clip, pixels = load_clip(tiny_clip("clip")), floats(pictures(80, 120))
    cover = torch.rand(1, 80, 120, generator=torch.Generator().manual_seed(1))
    one, several = ClipScore(clip, TEXT), ClipScore(clip, TEXT, views=5)
    shown = [(moved(pixels, *by), moved(cover[..., None], *by)[..., 0]) for by in moves(80, 120, 5)]
    with torch.no_grad():
        assert torch.allclose(several(pixels), torch.stack([one(it) for it, _ in shown]).mean(0), atol=1e-6)
        assert torch.allclose(several(pixels, cover), torch.stack([one(*it) for it in shown]).mean(0), atol=1e-6)
        assert not torch.allclose(several(pixels), one(pixels), atol=1e-6)
        assert torch.equal(ClipScore(clip, TEXT, views=1)(pixels), one(pixels))


def test_views_are_all_different_the_first_is_not_moved_and_none_goes_far():
    for height, width, views in ((128, 128, 5), (512, 768, 9), (1024, 1024, 64)):
        made = list(moves(height, width, views))
        assert made[0] == (0, 0)
        assert len(set(made)) == len(made) == views
        assert all(np.hypot(*by) <= 0.025 * min(height, width) + 1 for by in made)


@given(st.integers(-5, 5), st.integers(-5, 5))
def test_what_is_moved_lies_where_it_was_moved_to_and_its_border_goes_on(down, across):
    pixels = torch.rand(2, 12, 14, 3, generator=torch.Generator().manual_seed(2))
    made = moved(pixels, down, across)
    rows, columns = ((torch.arange(n) - by).clamp(0, n - 1) for n, by in ((12, down), (14, across)))
    assert torch.equal(made, pixels[:, rows][:, :, columns])


def test_the_text_is_encoded_once_and_leaves_no_tape(tiny_clip):
    clip = load_clip(tiny_clip())
    calls = []
    clip.model.text_model.register_forward_hook(lambda *_: calls.append(1))
    score = ClipScore(clip, TEXT)
    for _ in range(3):
        pixels = floats(pictures()).requires_grad_()
        score(pixels).sum().backward()
    assert calls == [1]
    assert pixels.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in clip.parameters())


def test_what_is_covered_out_has_no_share(tiny_clip):
    score = ClipScore(load_clip(tiny_clip()), TEXT)
    pixels = floats(pictures(32, 32, 1))
    cover = torch.zeros(1, 32, 32)
    cover[:, :16] = 1
    other = pixels.clone()
    other[:, 16:] = 0.9
    assert score(pixels, cover).item() == pytest.approx(score(other, cover).item(), abs=1e-6)
    assert abs(score(pixels).item() - score(other).item()) > 1e-4


def test_a_long_picture_is_cropped_as_the_processor_does_or_shown_whole(tiny_clip):
    clip = load_clip(tiny_clip())
    pixels = floats(pictures(32, 96, 1))
    changed = pixels.clone()
    changed[:, :, :24] = 0.0
    with torch.no_grad():
        for whole, same in ((False, True), (True, False)):
            score = ClipScore(clip, TEXT, whole=whole)
            assert (abs(score(pixels).item() - score(changed).item()) < 1e-6) is same


def test_a_text_longer_than_the_window_is_cut_off(tiny_clip):
    clip = load_clip(tiny_clip())
    assert torch.equal(clip.text_features("a " * 40), clip.text_features("a " * 22))


def test_a_processor_may_write_its_sizes_in_either_way(tiny_clip, tmp_path):
    for config, wanted in [
        ({"size": 40, "crop_size": 32}, (40, (32, 32))),
        ({"size": {"height": 30, "width": 20}, "do_center_crop": False, "crop_size": 9}, ((30, 20), None)),
        ({"size": 40, "do_resize": False}, (None, None)),
    ]:
        folder = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(tiny_clip(), folder)
        three = {"image_mean": [0.5] * 3, "image_std": [0.25] * 3}
        (folder / "preprocessor_config.json").write_text(json.dumps(config | three | {"resample": 2}))
        found = ClipFolder(folder).preparation
        assert found == Preparation(wanted[0], "bilinear", wanted[1], (0.5,) * 3, (0.25,) * 3)


def test_facts_are_read_without_loading_anything(tiny_clip):
    for kind in KINDS:
        facts = ClipFolder(tiny_clip(kind)).facts
        assert (facts.family, facts.width, facts.height, facts.vocabulary) == (kind, 32, 32, None)
    assert is_clip(tiny_clip())


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("config.json", '{"model_type": "bert"}', "model of the type 'bert'"),
        ("config.json", "[]", "not a JSON object"),
        ("config.json", '{"model_type": "clip"}', "does not say what its vision tower sees"),
        ("preprocessor_config.json", "{}", "not understood"),
        ("preprocessor_config.json", None, "not whole: it has no preprocessor_config.json"),
        ("model.safetensors", None, "it has no model.safetensors.index.json"),
        ("tokenizer.json", "nothing", "no tokenizer that can be read"),
    ],
)
def test_a_folder_that_is_not_whole_is_refused_in_a_sentence(name, content, told, tiny_clip, tmp_path):
    folder = tmp_path / "broken"
    shutil.copytree(tiny_clip(), folder)
    if content is None:
        (folder / name).unlink()
    else:
        (folder / name).write_text(content)
    with pytest.raises(UnusableModel, match=told):
        load_clip(folder)
