"""Models that were made for inpainting: what is known of them, what their networks see, and where they do not belong."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

import nodes
from engine.cli.main import main
from engine.graph.node import Mismatch
from nodes.families.facts import identify
from nodes.families.protocol import PAINTED
from nodes.models import identify as facts_of
from nodes.ops.sampling import sample
from nodes.prompts.encode import encode_text
from nodes.types import Latent

Model = Callable[..., Path]
Parts = Callable[..., dict[str, Any]]


@pytest.fixture
def denoiser(tiny_parts: Parts) -> Any:
    return tiny_parts(inpaint=True)["denoiser"]


def random(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_a_folder_says_that_it_is_for_inpainting(tiny_model: Model, tiny_parts: Parts) -> None:
    ordinary, facts = identify(tiny_model()), identify(tiny_model(inpaint=True))
    assert (ordinary.inpaint, facts.inpaint) == (False, True)
    assert (facts.family, facts.space) == (ordinary.family, ordinary.space)
    assert facts_of(tiny_model(inpaint=True))["inpaint"] is True
    assert [tiny_parts(inpaint=inpaint)["denoiser"].inpaint for inpaint in (False, True)] == [False, True]


@pytest.mark.parametrize(("latent", "channels", "inpaint"), [(4, 4, False), (4, 9, True), (8, 8, False), (8, 17, True)])
def test_a_mask_and_a_second_latent_make_the_channels_of_inpainting(
    tiny_model: Model, tmp_path: Path, latent: int, channels: int, inpaint: bool
) -> None:
    path = Path(shutil.copytree(tiny_model(), tmp_path / "copy"))
    for part, change in (("vae", {"latent_channels": latent}), ("unet", {"in_channels": channels})):
        config = path / part / "config.json"
        config.write_text(json.dumps(json.loads(config.read_text()) | change | {"out_channels": latent}))
    assert identify(path).inpaint is inpaint


@torch.no_grad()
def test_its_network_sees_the_mask_and_the_masked_picture_beside_the_noise(denoiser: Any) -> None:
    x, context, painted = random(2, 4, 8, 8), random(2, 24, 32, seed=1), random(2, 5, 8, 8, seed=2)
    sigma = denoiser.schedule.sigma(500)
    answer = denoiser.unet(torch.cat([x / (1 + sigma**2) ** 0.5, painted], 1), 500.0, context).sample
    wanted = x / (1 + sigma**2) - sigma / (1 + sigma**2) ** 0.5 * answer
    found = denoiser(x, sigma, {"context": context, PAINTED: painted})
    torch.testing.assert_close(found, wanted, rtol=0, atol=1e-5)
    assert not torch.allclose(denoiser(x, sigma, {"context": context, PAINTED: -painted}), found)


def test_aligned_conditionings_keep_what_is_to_be_painted(denoiser: Any) -> None:
    painted = random(1, 5, 8, 8)
    several = [{"context": random(1, rows, 32), PAINTED: painted} for rows in (24, 48)]
    for tensors in denoiser.align(several):
        assert tensors["context"].shape == (1, 48, 32)
        assert tensors[PAINTED] is painted


def test_a_conditioning_without_picture_and_mask_is_refused_in_a_sentence(
    tiny_parts: Parts, run: Callable[..., Any]
) -> None:
    parts = tiny_parts(inpaint=True)
    denoiser = parts["denoiser"]
    with torch.no_grad():
        prompt = encode_text(parts["text_encoder"], "a cube")
    with pytest.raises(ValueError, match=r"input 'model' was made for inpainting.*use the node Inpaint"):
        run(sample(denoiser, prompt, None, Latent(denoiser.space, 16, 16)))
    denoiser.check({"context": random(1, 24, 32), PAINTED: random(1, 5, 8, 8)})
    tiny_parts()["denoiser"].check({"context": random(1, 24, 32)})


@pytest.mark.parametrize("node", [nodes.KSampler, nodes.TiledSampler, nodes.HiresFix, nodes.RewardOptimize])
def test_a_node_that_draws_whole_pictures_refuses_it_before_anything_runs(node: Any) -> None:
    facts = {"name": "patcher", "family": "sd", "inpaint": True}
    with pytest.raises(
        Mismatch, match=r"input 'model': 'patcher' was made for inpainting.*use the node Inpaint"
    ) as refused:
        node.infer({"model": facts})
    assert refused.value.input == "model"
    node.infer({"model": facts | {"inpaint": False}})
    node.infer({"model": {}})


def test_that_a_model_is_for_inpainting_travels_from_its_name_to_the_nodes(tiny_model: Model) -> None:
    for inpaint in (False, True):
        facts = {"name": "it", **facts_of(tiny_model(inpaint=inpaint))}
        assert nodes.LoadModel.infer({"model": facts})["model"]["inpaint"] is inpaint


def test_the_list_of_models_tells_it(
    tiny_model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("LOOM_MODELS", str(tmp_path))
    for inpaint in (False, True):
        shutil.copytree(tiny_model(inpaint=inpaint), tmp_path / f"inpaint {inpaint}")
    assert main(["models", "--no-packs"]) == 0
    told = {line.partition("  ")[0]: line for line in capfd.readouterr().out.splitlines()}
    assert "sd, 16 × 16, for inpainting, " in told["inpaint True"]
    assert "for inpainting" not in told["inpaint False"]
