"""Networks that enlarge pictures: told from other files, loaded, and read by spandrel where they are not ours."""

import sys
import types
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from engine.store.errors import WeightsError
from nodes.families.errors import UnusableModel
from nodes.models import build, identify
from nodes.types import Upscaler
from nodes.upscalers import facts
from nodes.upscalers.compact import Compact
from nodes.upscalers.facts import Size, compact_size
from nodes.upscalers.load import load_upscaler

SHIPPED = Path(__file__).parents[3] / "models" / "solids-upscale" / "model.safetensors"
shipped = pytest.mark.skipif(not SHIPPED.exists(), reason="no upscaler ships yet")
Save = Callable[..., Path]


@pytest.fixture
def save(tmp_path: Path) -> Save:
    def write(tensors: Mapping[str, Tensor], name: str = "net") -> Path:
        save_file({key: tensor.contiguous() for key, tensor in tensors.items()}, tmp_path / f"{name}.safetensors")
        return tmp_path / f"{name}.safetensors"

    return write


def zeros(**shapes: tuple[int, ...]) -> dict[str, Tensor]:
    return {name.replace("__", "."): torch.zeros(shape) for name, shape in shapes.items()}


ESRGAN = zeros(
    conv_first__weight=(8, 3, 3, 3),
    conv_first__bias=(8,),
    body__0__rdb1__conv1__weight=(4, 8, 3, 3),
    conv_last__weight=(3, 8, 3, 3),
    conv_last__bias=(3,),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 9), st.integers(0, 4), st.integers(1, 4))
def test_a_compact_network_of_any_size_is_known_and_is_what_was_saved(
    save: Save, width: int, layers: int, scale: int
) -> None:
    net = Compact(width, layers, scale)
    path = save(net.state_dict())
    assert identify(path) == {"architecture": "compact", "scale": scale, "family": "upscaler"}
    loaded = load_upscaler(path)
    picture = torch.rand(2, 3, 6, 5)
    assert torch.equal(loaded(picture), net(picture))
    assert (loaded.scale, loaded.reach) == (scale, layers + 2)
    assert not any(weight.requires_grad for weight in loaded.parameters())


def by_formula(weights: Mapping[str, Tensor], picture: Tensor, scale: int) -> Tensor:
    """The network written out: convolutions and PReLUs, then channel c·s² + i·s + j is the pixel (i, j) of colour c."""
    last = max(int(name.split(".")[1]) for name in weights)
    inside = picture
    for layer in range(0, last + 1, 2):
        inside = torch.conv2d(inside, weights[f"body.{layer}.weight"], weights[f"body.{layer}.bias"], padding=1)
        if layer < last:
            slope = weights[f"body.{layer + 1}.weight"][None, :, None, None]
            inside = torch.where(inside > 0, inside, slope * inside)
    batch, _, height, width = picture.shape
    folded = inside.reshape(batch, 3, scale, scale, height, width)
    large = folded.permute(0, 1, 4, 2, 5, 3).reshape(batch, 3, height * scale, width * scale)
    return large + picture.repeat_interleave(scale, 2).repeat_interleave(scale, 3)


@shipped
def test_the_network_that_ships_is_the_published_formula() -> None:
    net = load_upscaler(SHIPPED)
    weights = {name: tensor.float() for name, tensor in load_file(SHIPPED).items()}
    picture = torch.rand(1, 3, 9, 12)
    torch.testing.assert_close(net(picture), by_formula(weights, picture, net.scale), atol=1e-5, rtol=1e-5)
    assert all(weight.dtype == torch.float32 for weight in net.parameters())


def test_a_pixel_is_made_of_no_more_than_it_reaches() -> None:
    net = Compact(3, 2, 2).requires_grad_(False)
    picture = torch.rand(1, 3, 31, 31)
    changed = picture.clone()
    changed[..., 15, 15] += 1
    away = (net(picture) - net(changed)).abs().amax((0, 1)).nonzero() // 2 - 15
    assert away.abs().max() == net.reach


@pytest.mark.parametrize("runs_on", ["cpu", "cuda"])
def test_precision_is_the_files_own_on_an_accelerator_and_single_on_a_processor(save: Save, runs_on: str) -> None:
    path = save({name: tensor.half() for name, tensor in Compact(4, 1, 2).state_dict().items()})
    kinds = {weight.dtype for weight in load_upscaler(path, runs_on=runs_on).parameters()}
    assert kinds == {torch.float32 if runs_on == "cpu" else torch.float16}
    halved = load_upscaler(path, "bfloat16")
    assert {weight.dtype for weight in halved.parameters()} == {torch.bfloat16}
    assert halved(torch.rand(1, 3, 4, 4)).dtype == torch.float32


def test_only_its_very_tensors_are_a_compact_network() -> None:
    shapes = {name: tuple(tensor.shape) for name, tensor in Compact(4, 1, 2).state_dict().items()}
    assert compact_size(shapes) == Size(4, 1, 2)
    for wrong in (
        {name: shape for name, shape in shapes.items() if name != "body.1.weight"},
        shapes | {"body.9.weight": (4, 4, 3, 3)},
        shapes | {"body.0.weight": (4, 1, 3, 3)},
        shapes | {"body.4.weight": (13, 4, 3, 3)},
        {"body.0.weight": (4, 3, 3, 3)},
        {},
    ):
        assert compact_size(wrong) is None


@pytest.mark.parametrize(
    "tensors",
    [
        zeros(model__diffusion_model__input_blocks__0__0__weight=(8, 3, 3, 3), model__x=(3, 8, 3, 3)),
        zeros(encoder__conv_in__weight=(8, 3, 3, 3), decoder__conv_out__weight=(3, 8, 3, 3)),
        zeros(lora_unet_a__lora_up__weight=(3, 3, 1, 1), lora_unet_b__lora_down__weight=(3, 3, 1, 1)),
        zeros(vision__patch_embedding__weight=(768, 3, 16, 16), text__weight=(8, 8)),
        zeros(conv_first__weight=(8, 3, 3, 3), classes__weight=(10, 8)),
    ],
)
def test_other_files_are_not_taken_for_upscalers(save: Save, tensors: Mapping[str, Tensor]) -> None:
    assert facts.identify(save(tensors)) is None


def test_without_spandrel_it_is_said_what_to_install(save: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "find_spec", lambda name: None)
    with pytest.raises(WeightsError, match=r"net\.safetensors looks like .*pip install 'latentloom\[upscalers\]'"):
        identify(save(ESRGAN))


# spandrel: what it promises, by a stand-in; the package itself at the end


class Descriptor:
    """What spandrel gives for a network, of which only the last layer is there."""

    scale, input_channels, output_channels = 2, 3, 3
    supports_half, supports_bfloat16 = False, True
    tiling = types.SimpleNamespace(name="DISCOURAGED")
    architecture = types.SimpleNamespace(name="ESRGAN", id="ESRGAN")

    def __init__(self, weights: Mapping[str, Tensor]) -> None:
        self.model = nn.Conv2d(8, 3, 3, padding=1)
        self.model.weight = nn.Parameter(weights["conv_last.weight"].float())

    def __call__(self, picture: Tensor) -> Tensor:
        with torch.inference_mode():
            assert picture.dtype == self.model.weight.dtype
            return picture.repeat_interleave(2, 2).repeat_interleave(2, 3)


@pytest.fixture
def spandrel(monkeypatch: pytest.MonkeyPatch) -> Any:
    module: Any = types.ModuleType("spandrel")
    module.__version__ = "0.0"
    module.UnsupportedModelError = type("UnsupportedModelError", (Exception,), {})
    module.ImageModelDescriptor = Descriptor
    module.made = Descriptor

    class Loader:
        def load_from_state_dict(self, weights: dict[str, Tensor]) -> Any:
            return module.made(weights)

    module.ModelLoader = Loader
    monkeypatch.setitem(sys.modules, "spandrel", module)
    monkeypatch.setattr(facts, "find_spec", lambda name: object())
    return module


def test_other_networks_are_read_by_spandrel(save: Save, spandrel: Any) -> None:
    path = save(ESRGAN)
    assert identify(path) == {"architecture": "spandrel", "scale": None, "family": "upscaler"}
    loaded = build(Upscaler("digest"), path)
    net: Any = loaded.module
    assert (net.scale, net.reach, net.whole, net.device) == (2, None, True, torch.device("cpu"))
    assert loaded.nbytes == sum(weight.numel() * 4 for weight in net.parameters())
    picture = torch.rand(1, 3, 4, 5)
    found = net(picture)
    assert torch.equal(found, picture.repeat_interleave(2, 2).repeat_interleave(2, 3))
    assert not found.is_inference()
    assert not any(weight.requires_grad for weight in net.parameters())


def test_half_precision_is_only_where_the_architecture_stands_it(save: Save, spandrel: Any) -> None:
    path = save({name: tensor.half() for name, tensor in ESRGAN.items()})
    assert {w.dtype for w in load_upscaler(path, runs_on="cuda").parameters()} == {torch.float32}
    assert {w.dtype for w in load_upscaler(path, "bfloat16").parameters()} == {torch.bfloat16}
    with pytest.raises(UnusableModel, match=r"ESRGAN\) does not work in float16"):
        load_upscaler(path, "float16")


def test_what_spandrel_does_not_know_or_makes_other_things_of_is_refused(save: Save, spandrel: Any) -> None:
    path = save(ESRGAN)

    def unknown(weights: Any) -> Any:
        raise spandrel.UnsupportedModelError

    spandrel.made = unknown
    with pytest.raises(UnusableModel, match=r"no architecture that spandrel 0\.0 knows"):
        load_upscaler(path)
    spandrel.made = lambda weights: types.SimpleNamespace(architecture=Descriptor.architecture)
    with pytest.raises(UnusableModel, match="needs a mask"):
        load_upscaler(path)

    class Grey(Descriptor):
        input_channels = 1

    spandrel.made = Grey
    with pytest.raises(UnusableModel, match="takes 1 channels and gives 3; wanted 3"):
        load_upscaler(path)


@pytest.mark.parametrize(
    "error", [ImportError("no torchvision"), RuntimeError("operator torchvision::nms\ndoes not exist")]
)
def test_a_spandrel_that_cannot_be_imported_is_told_with_its_reason(
    save: Save, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    class Finder:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "spandrel":
                raise error

    monkeypatch.delitem(sys.modules, "spandrel", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    with pytest.raises(UnusableModel, match=r"cannot be imported: .*torchvision.*latentloom") as found:
        load_upscaler(save(ESRGAN))
    assert "\n" not in str(found.value)


@shipped
def test_spandrel_itself_reads_a_network_as_we_do(save: Save) -> None:
    pytest.importorskip("spandrel")
    from nodes.upscalers.by_spandrel import read

    theirs = read(load_file(SHIPPED), SHIPPED.name, torch.float32, exact=False)
    picture = torch.rand(1, 3, 12, 10)
    ours = load_upscaler(SHIPPED)
    assert theirs.scale == ours.scale
    torch.testing.assert_close(theirs(picture), ours(picture).clamp(0, 1), atol=1e-5, rtol=0)
