"""One Stable Diffusion 1.x or 2.x file: random weights of diffusers' modules, written under CompVis' keys and read back."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from nodes.families.errors import UnusableModel
from nodes.families.facts import identify
from nodes.families.load import load_part

Tensors = dict[str, Tensor]
RESNET = {
    "norm1": "in_layers.0",
    "conv1": "in_layers.2",
    "time_emb_proj": "emb_layers.1",
    "norm2": "out_layers.0",
    "conv2": "out_layers.3",
    "conv_shortcut": "skip_connection",
}
UNET = {
    "time_embedding.linear_1": "time_embed.0",
    "time_embedding.linear_2": "time_embed.2",
    "conv_in": "input_blocks.0.0",
    "conv_norm_out": "out.0",
    "conv_out": "out.2",
    "mid_block.resnets.0": "middle_block.0",
    "mid_block.attentions.0": "middle_block.1",
    "mid_block.resnets.1": "middle_block.2",
    # two levels of one layer: a level is its layers and, but for the last, a downsampler
    "down_blocks.0.resnets.0": "input_blocks.1.0",
    "down_blocks.0.attentions.0": "input_blocks.1.1",
    "down_blocks.0.downsamplers.0.conv": "input_blocks.2.0.op",
    "down_blocks.1.resnets.0": "input_blocks.3.0",
    "up_blocks.0.resnets.0": "output_blocks.0.0",
    "up_blocks.0.resnets.1": "output_blocks.1.0",
    "up_blocks.0.upsamplers.0.conv": "output_blocks.1.1.conv",
    "up_blocks.1.resnets.0": "output_blocks.2.0",
    "up_blocks.1.attentions.0": "output_blocks.2.1",
    "up_blocks.1.resnets.1": "output_blocks.3.0",
    "up_blocks.1.attentions.1": "output_blocks.3.1",
}
VAE = {
    "mid_block.resnets.0": "mid.block_1",
    "mid_block.resnets.1": "mid.block_2",
    "mid_block.attentions.0.group_norm": "mid.attn_1.norm",
    "mid_block.attentions.0.to_q": "mid.attn_1.q",
    "mid_block.attentions.0.to_k": "mid.attn_1.k",
    "mid_block.attentions.0.to_v": "mid.attn_1.v",
    "mid_block.attentions.0.to_out.0": "mid.attn_1.proj_out",
    "conv_norm_out": "norm_out",
    "conv_shortcut": "nin_shortcut",
    **{f"down_blocks.{i}.resnets": f"down.{i}.block" for i in range(2)},
    "down_blocks.0.downsamplers.0.conv": "down.0.downsample.conv",
    **{f"up_blocks.{i}.resnets": f"up.{1 - i}.block" for i in range(2)},
    "up_blocks.0.upsamplers.0.conv": "up.1.upsample.conv",
}


def replaced(name: str, table: dict[str, str]) -> str:
    for old, new in table.items():
        name = re.sub(rf"(^|(?<=\.)){re.escape(old)}(?=\.)", new, name)
    return name


def unet_key(name: str) -> str:
    return "model.diffusion_model." + replaced(replaced(name, UNET), RESNET if ".resnets." in name else {})


def as_compvis(unet: Any, vae: Any, text: Any) -> Tensors:
    found = {unet_key(name): tensor for name, tensor in unet.state_dict().items()}
    for name, tensor in vae.state_dict().items():
        flat = re.search(r"attentions.*(to_q|to_k|to_v|to_out\.0)\.weight", name)
        found["first_stage_model." + replaced(name, VAE)] = tensor[..., None, None] if flat else tensor
    for name, tensor in text.state_dict().items():
        found[f"cond_stage_model.transformer.text_model.{name}"] = tensor
    found["cond_stage_model.transformer.text_model.embeddings.position_ids"] = torch.arange(77)[None]
    return {name: tensor.clone().contiguous() for name, tensor in found.items()}


@pytest.fixture(scope="module")
def stock() -> dict[str, Any]:
    from diffusers import AutoencoderKL, UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    with torch.random.fork_rng():
        torch.manual_seed(1)
        unet = UNet2DConditionModel(
            block_out_channels=(32, 64),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=64,
            attention_head_dim=8,
        )
        vae = AutoencoderKL(
            block_out_channels=(32, 64),
            down_block_types=("DownEncoderBlock2D",) * 2,
            up_block_types=("UpDecoderBlock2D",) * 2,
            latent_channels=4,
        )
        config = CLIPTextConfig(hidden_size=64, intermediate_size=64, num_hidden_layers=2, num_attention_heads=1)
        text = CLIPTextModel(config)
    return {"unet": unet.eval(), "vae": vae.eval(), "text": text.eval()}


@pytest.fixture(scope="module")
def tensors(stock: dict[str, Any]) -> Tensors:
    return as_compvis(stock["unet"], stock["vae"], stock["text"])


@pytest.fixture(scope="module")
def checkpoint(tensors: Tensors, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("single") / "tiny.safetensors"
    save_file(tensors, path)
    return path


def test_a_file_says_what_it_is(checkpoint: Path) -> None:
    facts = identify(checkpoint)
    assert (facts.family, facts.prediction, facts.text_width) == ("sd", "epsilon", 64)
    assert (facts.space.channels, facts.space.factor, facts.width) == (4, 2, 128)
    assert not facts.inpaint


@torch.no_grad()
def test_its_parts_answer_as_the_modules_that_they_came_from(checkpoint: Path, stock: dict[str, Any]) -> None:
    parts: list[Any] = [load_part(checkpoint, part) for part in ("denoiser", "vae", "text_encoder")]
    denoiser, vae, text = parts
    x, context, pixels = torch.randn(1, 4, 8, 8), torch.randn(1, 77, 64), torch.rand(1, 3, 16, 16)
    # mapped weights lie at other addresses than allocated ones, and kernels round by alignment
    close: dict[str, Any] = {"rtol": 0, "atol": 1e-5}
    torch.testing.assert_close(denoiser.unet(x, 500, context).sample, stock["unet"](x, 500, context).sample, **close)
    torch.testing.assert_close(vae.model(pixels).sample, stock["vae"](pixels).sample, **close)
    ids = torch.tensor([[49406, 320, 2368, *[49407] * 74]])
    expected = stock["text"](ids).last_hidden_state
    torch.testing.assert_close(text.encode([text.tokens("a cat")]), expected, **close)


TOWER = {
    "embeddings.token_embedding": "token_embedding",
    "final_layer_norm": "ln_final",
    "encoder.layers": "transformer.resblocks",
    "layer_norm1": "ln_1",
    "layer_norm2": "ln_2",
    "mlp.fc1": "mlp.c_fc",
    "mlp.fc2": "mlp.c_proj",
    "self_attn": "attn",
}


def as_open_clip(text: Any) -> Tensors:
    """A text encoder's weights as OpenCLIP writes them: q, k and v in one, a bare table of positions, further parts."""
    found: Tensors = {}
    weights = text.state_dict()
    for name, tensor in weights.items():
        if name == "embeddings.position_embedding.weight":
            found["positional_embedding"] = tensor
        elif match := re.fullmatch(r"(.*)\.q_proj\.(weight|bias)", name):
            parts = [weights[f"{match[1]}.{one}_proj.{match[2]}"] for one in "qkv"]
            found[replaced(match[1], TOWER) + f".in_proj_{match[2]}"] = torch.cat(parts)
        elif not re.search(r"\.[kv]_proj\.", name):
            found[replaced(name, TOWER)] = tensor
    width = weights["final_layer_norm.weight"].numel()
    found |= {"text_projection": torch.zeros(width, width), "logit_scale": torch.zeros(())}
    return {f"cond_stage_model.model.{name}": tensor.clone() for name, tensor in found.items()}


@pytest.fixture(scope="module")
def second() -> dict[str, Any]:
    """A UNet with linear projections and 64 channels a head, and a text tower of three layers."""
    from diffusers import UNet2DConditionModel
    from transformers import CLIPTextConfig, CLIPTextModel

    with torch.random.fork_rng():
        torch.manual_seed(2)
        unet = UNet2DConditionModel(
            block_out_channels=(64, 128),
            layers_per_block=1,
            down_block_types=("CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=128,
            attention_head_dim=(1, 2),
            use_linear_projection=True,
        )
        sizes: dict[str, Any] = {
            "hidden_size": 128,
            "intermediate_size": 64,
            "num_hidden_layers": 3,
            "num_attention_heads": 2,
        }
        text = CLIPTextModel(CLIPTextConfig(hidden_act="gelu", **sizes))
    return {"unet": unet.eval(), "text": text.eval()}


@pytest.fixture(scope="module")
def second_tensors(second: dict[str, Any], stock: dict[str, Any]) -> Tensors:
    of_unet_and_vae = as_compvis(second["unet"], stock["vae"], torch.nn.Module())
    return {name: t for name, t in of_unet_and_vae.items() if "cond_stage" not in name} | as_open_clip(second["text"])


@torch.no_grad()
def test_a_file_of_the_second_generation_answers_as_its_modules(
    second: dict[str, Any], second_tensors: Tensors, tmp_path: Path
) -> None:
    path = tmp_path / "second.safetensors"
    save_file(second_tensors, path)
    assert identify(path).text_width == 128
    denoiser: Any = load_part(path, "denoiser")
    text: Any = load_part(path, "text_encoder")
    x, context = torch.randn(1, 4, 8, 8), torch.randn(1, 77, 128)
    close: dict[str, Any] = {"rtol": 0, "atol": 1e-5}  # as above
    torch.testing.assert_close(denoiser.unet(x, 500, context).sample, second["unet"](x, 500, context).sample, **close)
    # It is conditioned on what comes out of the last layer but one, normed; short prompts end in token 0.
    ids = torch.tensor([[49406, 320, 2368, 49407, *[0] * 73]])
    hidden = second["text"](ids, output_hidden_states=True).hidden_states[-2]
    expected = second["text"].final_layer_norm(hidden)
    torch.testing.assert_close(text.encode([text.tokens("a cat")]), expected, **close)


def test_whether_a_file_of_the_second_generation_predicts_v_is_read_off_where_it_does_not_say(
    second_tensors: Tensors, tmp_path: Path
) -> None:
    sign = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
    for deviation, named, prediction, width in (
        (0.2, None, "v_prediction", 192),
        (0.01, None, "epsilon", 128),
        (0.2, "epsilon", "epsilon", 128),
        (0.01, "v", "v_prediction", 192),
    ):
        path = tmp_path / f"{deviation}{named}.safetensors"
        metadata = None if named is None else {"modelspec.prediction_type": named}
        save_file({**second_tensors, sign: torch.tensor([-deviation, deviation])}, path, metadata)
        facts = identify(path)
        assert (facts.prediction, facts.width) == (prediction, width)


def test_its_weights_are_those_that_were_saved(checkpoint: Path, stock: dict[str, Any]) -> None:
    for part, inner, name in (("denoiser", "unet", "unet"), ("vae", "model", "vae"), ("text_encoder", "model", "text")):
        loaded = getattr(load_part(checkpoint, part), inner).state_dict()
        for key, tensor in stock[name].state_dict().items():
            assert torch.equal(loaded[key], tensor), key


def test_a_copy_in_half_precision_works_in_the_same_latent_space_and_runs_in_full(
    checkpoint: Path, tensors: Tensors, tmp_path: Path
) -> None:
    path = tmp_path / "half.safetensors"
    save_file({name: t.half() if t.is_floating_point() else t for name, t in tensors.items()}, path)
    assert identify(path) == identify(checkpoint)
    assert {p.dtype for p in load_part(path, "vae").parameters()} == {torch.float32}
    assert {p.dtype for p in load_part(path, "vae", dtype="float16").parameters()} == {torch.float16}


def test_trainers_marks_are_read(tensors: Tensors, tmp_path: Path) -> None:
    path = tmp_path / "v.safetensors"
    save_file({**tensors, "v_pred": torch.zeros(0), "ztsnr": torch.zeros(0)}, path)
    assert identify(path).prediction == "v_prediction"
    denoiser: Any = load_part(path, "denoiser")
    assert denoiser.schedule.sigma(999) > 1e7


FIRST = "model.diffusion_model.input_blocks.0.0.weight"


@torch.no_grad()
def test_a_file_for_inpainting_loads_with_the_channels_that_it_has(tensors: Tensors, tmp_path: Path) -> None:
    path, wide = tmp_path / "wide.safetensors", torch.randn(32, 9, 3, 3)
    save_file({**tensors, FIRST: wide}, path)
    assert identify(path).inpaint
    assert identify(path).space.channels == 4
    denoiser: Any = load_part(path, "denoiser")
    assert denoiser.inpaint
    assert torch.equal(denoiser.unet.conv_in.weight, wide)


@pytest.mark.parametrize("channels", [5, 8, 10])
def test_a_file_of_other_channels_is_refused_with_what_is_possible(
    tensors: Tensors, tmp_path: Path, channels: int
) -> None:
    path = tmp_path / "other.safetensors"
    save_file({**tensors, FIRST: torch.zeros(32, channels, 3, 3)}, path)
    sentence = (
        rf"UNet with {channels} input channels .* wanted 4 and 4, or 9 and 4 of an inpainting model; this version"
    )
    with pytest.raises(UnusableModel, match=sentence):
        identify(path)


def test_a_file_that_is_cut_off_is_refused_wherever_it_ends(checkpoint: Path, tmp_path: Path) -> None:
    content = checkpoint.read_bytes()
    path = tmp_path / "cut.safetensors"
    for length in (0, 5, 8, 1000, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:length])
        with pytest.raises(UnusableModel, match=r"cut\.safetensors is cut short"):
            identify(path)


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [
        (["conditioner.embedders.1.model.ln_final.bias", "model.diffusion_model.input_blocks.0.0.weight"], "SDXL"),
        (["model.diffusion_model.double_blocks.0.img_attn.qkv.weight"], "a Flux model"),
        (["double_blocks.0.img_attn.qkv.weight"], "a Flux model"),
        (["model.diffusion_model.joint_blocks.0.x_block.attn.qkv.weight"], "Stable Diffusion 3"),
        (["cond_stage_model.model.ln_final.bias", "model.diffusion_model.input_blocks.0.0.weight"], "has no vae"),
        (["lora_unet_down_blocks_0.lora_up.weight"], "a LoRA"),
        (["decoder.conv_in.weight"], "a VAE alone"),
        (["down_blocks.0.resnets.0.conv1.weight"], "one component"),
        (["something.weight"], "not a model that is known here"),
        (["model.diffusion_model.input_blocks.0.0.weight"], "has no text encoder and no vae"),
    ],
)
def test_another_model_is_named(tmp_path: Path, keys: list[str], sentence: str) -> None:
    path = tmp_path / "other.safetensors"
    save_file({key: torch.zeros(1) for key in keys}, path)
    with pytest.raises(UnusableModel, match=sentence):
        identify(path)


def test_a_file_that_lacks_tensors_is_refused(tensors: Tensors, tmp_path: Path) -> None:
    path = tmp_path / "part.safetensors"
    save_file({name: t for name, t in tensors.items() if "attn2.to_q" not in name}, path)
    with pytest.raises(UnusableModel, match=r"denoiser of part.safetensors does not fit .* lacks 4 tensors"):
        load_part(path, "denoiser")


@pytest.mark.parametrize("suffix", [".ckpt", ".pt", ".bin"])
def test_a_pickle_is_never_opened(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x02cos\nsystem\n.")
    with pytest.raises(UnusableModel, match=r"is a pickle, which can run code .* get the model as \.safetensors"):
        identify(path)


@pytest.mark.parametrize(
    "header", [b"[]", b'{"a": 1}', b'{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0]}}', b"{nope", b"\xff\xfe"]
)
def test_a_malformed_table_of_contents_is_refused(tmp_path: Path, header: bytes) -> None:
    path = tmp_path / "bad.safetensors"
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(64))
    with pytest.raises(UnusableModel, match=r"bad\.safetensors (is not a safetensors file|is damaged)"):
        identify(path)


def test_the_tokenizer_that_travels_with_us_is_clips() -> None:
    from nodes.families.clip_tokenizer import clip_tokenizer

    tokenizer = clip_tokenizer()
    assert len(tokenizer) == 49408
    assert tokenizer("a photo of a cat").input_ids == [49406, 320, 1125, 539, 320, 2368, 49407]
    assert tokenizer.pad_token_id == tokenizer.eos_token_id == 49407


def test_no_file_is_needed_beyond_the_model(checkpoint: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a network was asked for")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    encoder: Any = load_part(checkpoint, "text_encoder")
    assert encoder.window == 77


def test_a_header_that_is_no_object_of_records_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "odd.safetensors"
    header = json.dumps({"a": {"dtype": "F32", "shape": 3, "data_offsets": [0, 4]}}).encode()
    path.write_bytes(len(header).to_bytes(8, "little") + header + bytes(4))
    with pytest.raises(UnusableModel, match=r"odd\.safetensors"):
        identify(path)
