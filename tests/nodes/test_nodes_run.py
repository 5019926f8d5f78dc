"""The nodes for pictures and for diffusion, called as the engine calls them: inputs are never changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import GeneratorType
from typing import Any

import pytest
import torch
from generators import finished
from PIL import Image as Pillow

import nodes
from engine.graph.faults import LoomError
from engine.graph.node import Artifact, Node, Stop
from engine.graph.records import MISSING, Identity
from engine.graph.values import File, Folder
from engine.packs import find_registry
from engine.run.codec import digest
from engine.run.context import CallContext
from engine.run.machine import Machine
from nodes.types import VAE, Image, Latent, LatentSpace, Mask, Model, TextEncoder

REGISTRY = find_registry(third_party=False)
SPACE = LatentSpace("gaussian", 4, 8)
MODEL = Model("digest", "denoiser", "gaussian", SPACE, width=32, height=24)


class Lent:
    """A model cache that lends one module, whatever is asked for."""

    seconds_loading = 0.0

    def __init__(self, module: Any) -> None:
        self.module = module

    @contextmanager
    def lease(self, *references: Any) -> Iterator[tuple[Any, ...]]:
        yield tuple(self.module for _ in references)

    def reset_peak(self) -> None:
        pass

    def peak_bytes(self) -> None:
        pass


def context(module: Any = None, folder: Path | None = None, identities: Any = None) -> CallContext:
    def path(named: File | Folder) -> Path:
        assert folder is not None
        return folder / named.name

    return CallContext("it", Machine({}, models=Lent(module), path=path), identities or {})


def call(cls: type[Node], given: CallContext | None = None, **inputs: Any) -> Any:
    """Call a node with its defaults filled in; its inputs are digested before and after."""
    record, code = REGISTRY.types[cls.__name__], REGISTRY.code[cls.__name__]
    values = {name: [] if spec.list else spec.default for name, spec in record.inputs.items() if not spec.required}
    values |= inputs
    values = {name: None if value is MISSING else value for name, value in values.items()}
    before = {name: digest(value) for name, value in values.items()}
    result = code.call(dict(values), given or context())
    if isinstance(result, GeneratorType):
        result = finished(result)[1]
    assert {name: digest(value) for name, value in values.items()} == before
    return result


def noise(*shape: int) -> torch.Tensor:
    return torch.rand(*shape, generator=torch.Generator().manual_seed(3))


def pictures(folder: Path) -> Path:
    for name, side in (("b.png", 4), ("a.jpg", 6), ("sub/c.webp", 2)):
        (folder / name).parent.mkdir(exist_ok=True)
        Pillow.new("RGB", (side, side), "red").save(folder / name)
    (folder / "notes.txt").write_text("not a picture")
    return folder


def test_a_folder_is_a_list_of_its_pictures_in_order_of_names(tmp_path: Path) -> None:
    given = context(folder=pictures(tmp_path).parent)
    loaded = call(nodes.LoadImages, given, folder=Folder(tmp_path.name))
    assert loaded.name == ["a", "b", "c"]
    assert [image.pixels.shape[1] for image in loaded.image] == [6, 4, 2]
    assert given.notices == [("passed over what is no PNG, JPEG or WebP: 'notes.txt'", "folder")]


def test_a_folder_without_pictures_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    given = context(folder=tmp_path)
    assert call(nodes.LoadImages, given, folder=Folder("empty")).image == []
    assert given.notices == [("there is no PNG, JPEG or WebP picture in 'empty'", "folder")]


def test_a_picture_is_loaded_with_its_mask(tmp_path: Path) -> None:
    Pillow.new("RGBA", (3, 2), (255, 0, 0, 0)).save(tmp_path / "clear.png")
    loaded = call(nodes.LoadImage, context(folder=tmp_path), file=File("clear.png"))
    assert loaded.image.pixels.shape == (1, 2, 3, 4)
    assert torch.equal(loaded.mask.values, torch.ones(1, 2, 3))


@pytest.mark.parametrize(
    ("channel", "share"),
    [("brightness", 200 / 255), ("red", 100 / 255), ("green", 200 / 255), ("blue", 0.0), ("alpha", 1 - 51 / 255)],
)
def test_a_mask_is_read_from_what_is_wanted_of_a_file(tmp_path: Path, channel: str, share: float) -> None:
    Pillow.new("RGBA", (3, 2), (100, 200, 0, 51)).save(tmp_path / "mask.png")
    read = call(nodes.LoadMask, context(folder=tmp_path), file=File("mask.png"), channel=channel)
    assert torch.allclose(read.values, torch.full((1, 2, 3), share))


def test_what_is_saved_is_handed_to_the_host() -> None:
    image = Image(noise(1, 2, 2, 3))
    assert call(nodes.SaveImage, image=image, name="cube", format="webp") == Artifact(image, "cube", "webp")
    assert call(nodes.Preview, value=3) == Artifact(3)
    with pytest.raises(LoomError, match="file's name"):
        call(nodes.SaveImage, image=image, name="../cube")


def test_one_side_follows_from_the_other_by_the_proportions() -> None:
    image = Image(noise(2, 10, 20, 3))
    assert call(nodes.ImageResize, image=image, width=10).pixels.shape == (2, 5, 10, 3)
    assert call(nodes.ImageResize, image=image, height=20, fit="stretch").pixels.shape == (2, 20, 40, 3)
    assert torch.equal(call(nodes.ImageResize, image=image, width=20, height=10).pixels, image.pixels)
    with pytest.raises(LoomError, match="both empty"):
        call(nodes.ImageResize, image=image)
    with pytest.raises(LoomError, match="#rrggbb"):
        call(nodes.ImageResize, image=image, width=4, color="red")


def test_a_batch_is_joined_and_taken_apart_again() -> None:
    images = [Image(noise(1, 4, 5, 3)), Image(noise(2, 4, 5, 3))]
    batch = call(nodes.ImageBatch, images=images)
    assert torch.equal(batch.pixels, torch.cat([image.pixels for image in images]))
    apart = call(nodes.ImagesFromBatch, image=batch)
    assert [tuple(image.pixels.shape) for image in apart] == [(1, 4, 5, 3)] * 3
    assert torch.equal(call(nodes.ImageBatch, images=apart).pixels, batch.pixels)
    assert call(nodes.ImageSize, image=batch) == (5, 4, 3)


def test_a_batch_has_one_size_unless_a_fit_is_chosen() -> None:
    images = [Image(noise(1, 4, 5, 3)), Image(noise(1, 8, 8, 4))]
    with pytest.raises(LoomError, match="5 × 4 and 8 × 8"):
        call(nodes.ImageBatch, images=images)
    assert call(nodes.ImageBatch, images=images, fit="pad").pixels.shape == (2, 4, 5, 4)


def test_a_grid_is_made_of_a_list() -> None:
    grid = call(nodes.ImageGrid, images=[Image(noise(2, 4, 4, 3))], columns=2, gap=1)
    assert grid.pixels.shape == (1, 6, 11, 3)


def test_a_mask_and_a_batch_are_split_for_writing() -> None:
    assert [one.pixels.shape[0] for one in Image(noise(3, 2, 2, 3)).split()] == [1, 1, 1]
    assert [one.values.shape[0] for one in Mask(noise(2, 2, 2)).split()] == [1, 1]


# Diffusion


def test_a_model_is_three_references_and_nothing_is_loaded() -> None:
    facts = {"family": "sd", "space": {"name": "sd1", "channels": 4, "factor": 8}, "width": 128, "height": 64}
    given = context(identities={"model": Identity("abc", facts)})
    loaded = call(nodes.LoadModel, given, model="solids")
    space = LatentSpace("sd1", 4, 8)
    assert loaded.model == Model("abc", "denoiser", "sd", space, width=128, height=64)
    assert loaded.text_encoder == TextEncoder("abc", "text_encoder", "sd", space)
    assert loaded.vae == VAE("abc", "vae", "sd", space)
    assert not given.leased
    with pytest.raises(LoomError, match="written in the node"):
        call(nodes.LoadModel, context(), model="solids")


def test_an_empty_latent_is_a_size_by_default_the_models_own() -> None:
    given = context()
    assert call(nodes.EmptyLatent, given, model=MODEL) == Latent(SPACE, 32, 24)
    assert call(nodes.EmptyLatent, given, model=MODEL, width=64, batch=3) == Latent(SPACE, 64, 24, 3)
    assert given.notices == []
    assert call(nodes.EmptyLatent, given, model=MODEL, width=60).width == 60
    assert "60 pixels is no multiple of 8" in given.notices[0][0]


def sampler(gaussian: Any, **settings: Any) -> Any:
    inputs = {"model": MODEL, "positive": gaussian.about(0.5), "latent": gaussian.empty()} | settings
    return call(nodes.KSampler, context(gaussian), **inputs)


def work(gaussian: Any, **settings: Any) -> Any:
    record, code = REGISTRY.types["KSampler"], REGISTRY.code["KSampler"]
    values = {name: None if spec.default is MISSING else spec.default for name, spec in record.inputs.items()}
    values |= {"model": MODEL, "positive": gaussian.about(0.5), "latent": gaussian.empty(), **settings}
    return code.call(values, context(gaussian))


def test_the_sampler_gives_what_the_tensor_function_gives(gaussian: Any, run: Callable[..., Any]) -> None:
    from nodes.ops.sampling import sample

    settings: dict[str, Any] = {"seed": 5, "steps": 6, "sampler": "euler_ancestral", "schedule": "normal"}
    _, wanted = run(sample(gaussian, gaussian.about(0.5), None, gaussian.empty(2), cfg=7.0, **settings))
    found = sampler(gaussian, latent=gaussian.empty(2), **settings)
    assert torch.equal(found.latent.samples, wanted.latent.samples)
    assert torch.equal(found.x0.samples, wanted.x0.samples)


def test_image_i_of_a_batch_is_that_of_seed_plus_i(gaussian: Any) -> None:
    batch = sampler(gaussian, latent=gaussian.empty(3), seed=2**64 - 2, steps=4).latent.samples
    for i, seed in enumerate((2**64 - 2, 2**64 - 1, 0)):
        single = sampler(gaussian, seed=seed, steps=4).latent.samples
        torch.testing.assert_close(batch[i : i + 1], single, atol=1e-5, rtol=1e-5)


def test_the_sampler_tells_every_step_and_shows_what_it_sees(gaussian: Any) -> None:
    told, _ = finished(work(gaussian, steps=5))
    assert [(progress.step, progress.of) for progress in told] == [(i, 5) for i in range(1, 6)]
    assert told[0].preview is not None
    preview = told[0].preview()
    assert isinstance(preview, Image)
    assert preview.pixels.shape == (1, 4, 4, 3)
    assert 0 <= preview.pixels.min() <= preview.pixels.max() <= 1


def test_previews_have_the_colours_that_the_denoiser_knows(gaussian: Any) -> None:
    from nodes.ops.previews import Preview

    gaussian.preview = Preview(torch.zeros(4, 3), torch.tensor([1.0, 0.0, 0.2]))
    told, _ = finished(work(gaussian, steps=2))
    assert told[0].preview is not None
    preview = told[0].preview()
    assert isinstance(preview, Image)
    pixels = preview.pixels
    torch.testing.assert_close(pixels, torch.tensor([1.0, 0.0, 0.2]).expand_as(pixels))


def test_a_stop_keeps_the_clean_latent_as_far_as_it_got(gaussian: Any) -> None:
    steps = work(gaussian, steps=10, schedule="normal", sampler="euler")
    for _ in range(3):
        next(steps)
    with pytest.raises(StopIteration) as end:
        steps.throw(Stop())
    kept = end.value.value
    assert len(gaussian.batches) == 3
    assert torch.equal(kept.latent.samples, kept.x0.samples)
    gaussian.batches.clear()
    assert torch.equal(
        sampler(gaussian, steps=10, schedule="normal", sampler="euler", end=3).x0.samples, kept.x0.samples
    )


def test_gradients_are_off_in_a_step_and_as_they_were_between(gaussian: Any) -> None:
    modes = []

    def watch(x: Any, sigma: float, tensors: Any, inner: Any = type(gaussian).__call__) -> Any:
        modes.append(torch.is_grad_enabled())
        return inner(gaussian, x, sigma, tensors)

    class Watching(type(gaussian)):  # type: ignore[misc]
        def __call__(self, x: Any, sigma: float, tensors: Any) -> Any:
            return watch(x, sigma, tensors)

    gaussian.__class__ = Watching
    for _ in work(gaussian, steps=3):
        assert torch.is_grad_enabled()
    assert modes == [False] * 3


def test_settings_that_do_not_fit_are_said_in_a_sentence(gaussian: Any) -> None:
    with pytest.raises(LoomError, match="start 2 goes on from what another run left"):
        sampler(gaussian, start=2)


@pytest.fixture(scope="module")
def parts(tiny_model: Callable[..., Path]) -> dict[str, Any]:
    from nodes.models import build, identify

    path = tiny_model()
    facts = identify(path)
    loaded = call(nodes.LoadModel, context(identities={"model": Identity("x", facts)}), model="tiny")
    return {part: (reference, build(reference, path)) for part, reference in loaded._asdict().items()}


def test_a_prompt_becomes_a_conditioning(parts: dict[str, Any]) -> None:
    reference, loaded = parts["text_encoder"]
    plain = call(nodes.TextEncode, context(loaded.module), encoder=reference, text="a red cube")
    again = call(nodes.TextEncode, context(loaded.module), encoder=reference, text="a red cube")
    heavier = call(nodes.TextEncode, context(loaded.module), encoder=reference, text="a (red:1.5) cube")
    assert digest(plain) == digest(again) != digest(heavier)
    with pytest.raises(LoomError, match="clip_skip 11"):
        call(nodes.TextEncode, context(loaded.module), encoder=reference, clip_skip=11)


def test_a_picture_goes_through_the_latent_space_and_keeps_its_size(parts: dict[str, Any]) -> None:
    reference, loaded = parts["vae"]
    latent = call(nodes.VAEEncode, context(loaded.module), vae=reference, image=Image(noise(2, 13, 18, 4)))
    assert (latent.width, latent.height, latent.batch) == (18, 13, 2)
    image = call(nodes.VAEDecode, context(loaded.module), vae=reference, latent=latent)
    assert image.pixels.shape == (2, 13, 18, 3)
    with pytest.raises(LoomError, match="empty"):
        call(nodes.VAEDecode, context(loaded.module), vae=reference, latent=Latent(reference.space, 16, 16))


def test_a_built_part_knows_its_size_moves_and_closes(parts: dict[str, Any]) -> None:
    from engine.run.models.torch_device import pick_device
    from nodes.models import build

    for _, loaded in parts.values():
        weights = sum(p.numel() * p.element_size() for p in loaded.module.parameters())
        assert loaded.nbytes >= weights
        module = loaded.module
        loaded.to_device(pick_device("cpu"))
        loaded.to_host()
        assert loaded.module is module
    with pytest.raises(LoomError, match="no reference"):
        build("model", Path())


def test_a_file_that_is_no_model_is_said_in_a_sentence(tmp_path: Path) -> None:
    from engine.store.errors import WeightsError
    from nodes.models import identify

    (tmp_path / "old.ckpt").write_bytes(b"pickle")
    with pytest.raises(WeightsError, match="pickle"):
        identify(tmp_path / "old.ckpt")
