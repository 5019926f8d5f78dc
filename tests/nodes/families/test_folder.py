import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import torch
from safetensors.torch import load_file, save_file

from nodes.families.errors import UnusableModel
from nodes.families.facts import identify
from nodes.families.load import load_part


@pytest.fixture
def copy(tiny_model: Callable[..., Path], tmp_path: Path) -> Path:
    return Path(shutil.copytree(tiny_model(), tmp_path / "copy"))


def edit(path: Path, **changes: Any) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))


def test_a_folder_says_what_it_is(tiny_model: Callable[..., Path]) -> None:
    facts = identify(tiny_model())
    assert (facts.family, facts.prediction, facts.text_width) == ("sd", "v_prediction", 32)
    assert (facts.width, facts.height) == (16, 16)
    assert (facts.space.channels, facts.space.factor) == (4, 2)
    assert facts.space.name.startswith("vae:")


def test_a_latent_space_is_named_by_what_touches_its_latents(copy: Path) -> None:
    before = identify(copy).space
    weights = copy / "vae/diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    tensors["decoder.conv_out.bias"] += 1
    save_file(tensors, weights)
    assert identify(copy).space == before
    tensors["decoder.conv_in.weight"] += 1
    save_file(tensors, weights)
    assert identify(copy).space != before


def test_a_vae_of_stable_diffusions_shape_works_in_its_space(copy: Path) -> None:
    edit(copy / "vae/config.json", block_out_channels=[128, 256, 512, 512])
    assert identify(copy).space.name == "sd1"


def test_facts_need_no_torch(tiny_model: Callable[..., Path]) -> None:
    program = (
        "import sys; from nodes.families.facts import identify; identify(sys.argv[1]);"
        "print(sorted({'torch', 'diffusers', 'transformers'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program, str(tiny_model())], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"


@pytest.mark.parametrize("part", ["denoiser", "text_encoder", "vae"])
def test_a_loaded_part_is_ready_to_run_and_needs_no_gradients(tiny_parts: Any, part: str) -> None:
    module = tiny_parts()[part]
    assert not module.training
    assert not any(parameter.requires_grad for parameter in module.parameters())
    assert not any(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))


def test_weights_are_mapped_and_not_copied(tiny_model: Callable[..., Path]) -> None:
    module = load_part(tiny_model(), "vae")
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("only Linux tells which files are mapped")
    assert str(tiny_model() / "vae/diffusion_pytorch_model.safetensors") in maps.read_text()
    assert module is not None


def test_the_names_of_older_files_are_understood(copy: Path, tiny_parts: Any) -> None:
    weights = copy / "vae/diffusion_pytorch_model.safetensors"
    old = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
    tensors = load_file(weights)
    for new, name in old.items():
        tensors = {key.replace(f".{new}.", f".{name}."): tensor for key, tensor in tensors.items()}
    save_file(tensors, weights)
    pixels = torch.rand(1, 3, 8, 8)
    with torch.no_grad():
        vae: Any = load_part(copy, "vae")
        assert torch.equal(vae.encode(pixels), tiny_parts()["vae"].encode(pixels))


def test_sharded_weights_are_read(copy: Path, tiny_parts: Any) -> None:
    weights = copy / "vae/diffusion_pytorch_model.safetensors"
    tensors = load_file(weights)
    weights.unlink()
    places = {name: f"part-{i % 2}.safetensors" for i, name in enumerate(tensors)}
    for shard in set(places.values()):
        save_file({name: t for name, t in tensors.items() if places[name] == shard}, weights.with_name(shard))
    index = weights.with_name("diffusion_pytorch_model.safetensors.index.json")
    index.write_text(json.dumps({"weight_map": places}))
    loaded: Any = load_part(copy, "vae")
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), tiny_parts()["vae"].parameters(), strict=True))
    index.write_text(json.dumps({"weight_map": {"a": "../../secret.safetensors"}}))
    with pytest.raises(UnusableModel, match="names files outside its folder"):
        load_part(copy, "vae")


def test_the_last_noise_level_of_a_zero_snr_model_is_pure_noise(tiny_parts: Any) -> None:
    assert tiny_parts("v_prediction", True)["denoiser"].schedule.sigma(999) == pytest.approx(2.0**24)
    assert tiny_parts()["denoiser"].schedule.sigma(999) == pytest.approx(14.6146, abs=1e-3)


BREAKS: dict[str, tuple[Callable[[Path], object], str]] = {
    "another pipeline": (
        lambda m: edit(m / "model_index.json", _class_name="StableDiffusionXLPipeline", text_encoder_2=["t", "C"]),
        "is a StableDiffusionXLPipeline; this version runs Stable-Diffusion-shaped models",
    ),
    "no index": (
        lambda m: (m / "model_index.json").unlink(),
        "not a whole diffusers model: it has no model_index.json",
    ),
    "broken JSON": (lambda m: (m / "unet/config.json").write_text("{"), "unet/config.json cannot be read as JSON"),
    "a list": (lambda m: (m / "vae/config.json").write_text("[]"), "vae/config.json is not a JSON object"),
    "an editing model": (
        lambda m: edit(m / "unet/config.json", in_channels=8),
        "UNet with 8 input channels and 4 output channels for a VAE of 4; wanted 4 and 4, or 9 and 4 of an inpainting model",
    ),
    "a depth model": (lambda m: edit(m / "unet/config.json", in_channels=5), "UNet with 5 input channels"),
    "noise and variance": (lambda m: edit(m / "unet/config.json", out_channels=8), "8 output channels for a VAE of 4"),
    "a flow": (
        lambda m: edit(m / "scheduler/scheduler_config.json", prediction_type="flow"),
        "predicts 'flow'; wanted epsilon, v_prediction or sample",
    ),
    "pickled weights": (
        lambda m: (m / "vae/diffusion_pytorch_model.safetensors").rename(m / "vae/diffusion_pytorch_model.bin"),
        "its weights are pickles, which are not read",
    ),
    "no weights": (lambda m: (m / "vae/diffusion_pytorch_model.safetensors").unlink(), "it has no weights"),
}


@pytest.mark.parametrize("case", BREAKS)
def test_a_folder_that_cannot_be_run_is_refused_in_a_sentence(copy: Path, case: str) -> None:
    destroy, sentence = BREAKS[case]
    destroy(copy)
    with pytest.raises(UnusableModel, match=sentence):
        identify(copy)


def test_weights_of_another_shape_are_refused(copy: Path) -> None:
    edit(copy / "unet/config.json", cross_attention_dim=48)
    with pytest.raises(UnusableModel, match=r"denoiser of copy does not fit its configuration: .* wanted"):
        load_part(copy, "denoiser")


def test_a_folder_without_a_tokenizer_is_refused(copy: Path) -> None:
    shutil.rmtree(copy / "tokenizer")
    with pytest.raises(UnusableModel, match="copy has no CLIP tokenizer"):
        load_part(copy, "text_encoder")


def test_what_is_asked_for_must_be_known(tiny_model: Callable[..., Path]) -> None:
    with pytest.raises(ValueError, match="no part 'unet'; it has: denoiser, text_encoder, vae"):
        load_part(tiny_model(), "unet")
    with pytest.raises(ValueError, match="no dtype 'int8'; there are: auto, float32, float16, bfloat16"):
        load_part(tiny_model(), "vae", dtype="int8")
    with pytest.raises(UnusableModel, match="there is no model at nowhere"):
        identify("nowhere")


def test_the_colours_beside_its_vae_are_those_of_its_denoiser_unless_they_are_for_another_vae(copy: Path) -> None:
    from nodes.ops.previews import unfitted

    space = identify(copy).space
    file = copy / "vae" / "preview.json"
    assert cast(Any, load_part(copy, "denoiser")).preview is None
    for name, found in ((space.name, True), ("vae:of another", False)):
        file.write_text(json.dumps(unfitted(space).to_json(space) | {"space": name}))
        assert (cast(Any, load_part(copy, "denoiser")).preview is not None) is found
    file.write_text("{")
    assert cast(Any, load_part(copy, "denoiser")).preview is None
