"""What holds for every node of the library, read off its record."""

import json
import subprocess
import sys
from typing import Any

import pytest

import nodes
from engine.graph.checker import Checker
from engine.graph.document import load_workflow
from engine.graph.node import Node
from engine.graph.records import Identity, InputSpec
from engine.packs import Registry, find_registry

TYPES = sorted(
    name for name in nodes.__all__ if isinstance(cls := getattr(nodes, name), type) and issubclass(cls, Node)
)
SPACES = {
    "small": {"name": "sd1", "channels": 4, "factor": 8},
    "other": {"name": "vae:0123", "channels": 16, "factor": 8},
    "wide": {"name": "sd1", "channels": 4, "factor": 8},
}


@pytest.fixture(scope="module")
def registry() -> Registry:
    return find_registry(third_party=False)


def test_every_node_of_the_library_is_offered(registry: Registry) -> None:
    assert [pack.error for pack in registry.packs] == [None]
    assert sorted(registry.types) == TYPES
    assert {"Image", "Mask", "Latent", "Conditioning", "Model", "TextEncoder", "VAE"} <= set(registry.values)


@pytest.mark.parametrize("name", TYPES)
def test_a_node_explains_itself_and_every_input(registry: Registry, name: str) -> None:
    record = registry.types[name]
    assert record.help.endswith(".")
    assert record.category
    assert record.title
    for spec in record.inputs.values():
        assert spec.help, f"{name}.{spec.name} has no description"
    if len(record.outputs) > 1:
        for output in record.outputs.values():
            assert output.help, f"{name}.{output.name} has no description"


def test_outputs_are_named_as_links_in_saved_files_name_them(registry: Registry) -> None:
    outputs = {name: tuple(registry.types[name].outputs) for name in TYPES}
    assert outputs["LoadModel"] == ("model", "text_encoder", "vae")
    assert outputs["KSampler"] == ("latent", "x0")
    assert outputs["LoadImage"] == ("image", "mask")
    assert outputs["RewardOptimize"] == ("image", "noise", "frames", "scores", "trace", "state")
    assert outputs["ImagePad"] == ("image", "mask")
    assert outputs["Inpaint"] == ("image", "latent", "used_mask", "crop", "seam")
    assert outputs["CropToMask"] == ("image", "mask", "crop")
    single = {"TextEncode": "conditioning", "EmptyLatent": "latent", "VAEEncode": "latent", "VAEDecode": "image"}
    single |= {"ImageResize": "image", "ImageGrid": "image", "ImageBatch": "image", "ImagesFromBatch": "image"}
    single |= dict.fromkeys(["SeedList", "MakeList", "ListItem", "Repeat", "Switch", "Text", "TextLines"], "value")
    assert {name: outputs[name] for name in single} == {name: (output,) for name, output in single.items()}
    sampler = "model positive negative latent seed steps cfg sampler schedule denoise start end noise"
    assert list(registry.types["KSampler"].inputs) == sampler.split()


def test_choices_are_those_that_the_tensor_functions_have(registry: Registry) -> None:
    from nodes.ops.files import FORMATS
    from nodes.ops.masks import DIFFERENCES
    from nodes.ops.resize import KERNELS
    from nodes.ops.tiles import WEIGHTS
    from nodes.prompts.emphasis import EMPHASIS
    from nodes.samplers.masking import MASKINGS
    from nodes.samplers.sigmas import SCHEDULES
    from nodes.samplers.steps import SAMPLERS

    def choices(node: str, input: str) -> set[str]:
        return set(registry.types[node].inputs[input].choices or ())

    for node in ("KSampler", "TiledSampler", "Inpaint"):
        assert choices(node, "sampler") == set(SAMPLERS)
        assert choices(node, "schedule") == set(SCHEDULES)
    assert choices("TiledSampler", "weights") == set(WEIGHTS)
    assert choices("Inpaint", "mode") == {"auto", "inpaint_model", *MASKINGS}
    assert choices("MaskFromColor", "by") == set(DIFFERENCES)
    assert choices("TextEncode", "emphasis") == {*EMPHASIS, "off"}
    assert choices("SaveImage", "format") == set(FORMATS)
    assert choices("ImageResize", "filter") == {*KERNELS, "nearest"}


def test_importing_the_library_imports_nothing_heavy() -> None:
    code = "import sys, nodes; print([m for m in ('torch', 'diffusers', 'transformers', 'PIL') if m in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


# What is refused before anything runs

MODELS = {
    name: {
        "name": name,
        "family": "sd",
        "space": space,
        "width": 128,
        "height": 128,
        "text_width": 768 if name == "wide" else 256,
    }
    for name, space in SPACES.items()
}
MODELS["patcher"] = MODELS["small"] | {"name": "patcher", "inpaint": True}


def checked(registry: Registry, nodes: dict[str, Any]) -> Any:
    def identify(spec: InputSpec, value: object) -> Identity:
        return Identity(f"digest of {value}", MODELS[str(value)])

    def infer(name: str, inputs: Any) -> Any:
        return registry.code[name].cls.infer(inputs)

    workflow = load_workflow(json.dumps({"format": "latentloom", "version": 1, "nodes": nodes}))
    return Checker(registry.types, registry.values, identify, infer).graph(workflow)


def link(port: str) -> dict[str, str]:
    return {"link": port}


def pipeline(**changes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "model": {"type": "LoadModel", "inputs": {"model": "small"}},
        "second": {"type": "LoadModel", "inputs": {"model": "other"}},
        "third": {"type": "LoadModel", "inputs": {"model": "wide"}},
        "prompt": {"type": "TextEncode", "inputs": {"encoder": link("model.text_encoder")}},
        "size": {"type": "EmptyLatent", "inputs": {"model": link("model.model")}},
        "sampler": {
            "type": "KSampler",
            "inputs": {
                "model": link("model.model"),
                "positive": link("prompt.conditioning"),
                "latent": link("size.latent"),
            },
        },
        "decode": {"type": "VAEDecode", "inputs": {"vae": link("model.vae"), "latent": link("sampler.latent")}},
    }
    for place, value in changes.items():
        node, _, name = place.partition("__")
        found[node]["inputs"][name] = value
    return found


def test_a_pipeline_of_one_model_is_sound(registry: Registry) -> None:
    graph = checked(registry, pipeline())
    assert graph.faults == ()
    sampled = graph.nodes["sampler"].outputs.facts[0]
    assert (sampled["width"], sampled["height"], sampled["space"]) == (128, 128, SPACES["small"])
    assert graph.nodes["sampler"].group == graph.nodes["decode"].group == "digest of small"


@pytest.mark.parametrize(
    ("changes", "input", "told"),
    [
        ({"size__model": link("second.model")}, "latent", ["'vae:0123'", "'other'", "'sd1'", "'small'"]),
        ({"decode__vae": link("second.vae")}, "latent", ["'sd1'", "'small'", "'vae:0123'", "'other'"]),
        ({"prompt__encoder": link("third.text_encoder")}, "positive", ["'wide'", "768", "'small'", "256"]),
    ],
)
def test_mixing_models_is_refused_in_a_sentence_that_names_both(
    registry: Registry, changes: dict[str, Any], input: str, told: list[str]
) -> None:
    (fault,) = checked(registry, pipeline(**changes)).faults
    assert (fault.code, fault.input) == ("mismatch", input)
    for word in told:
        assert word in fault.message


def test_a_model_for_inpainting_is_refused_where_whole_pictures_are_drawn(registry: Registry) -> None:
    (fault,) = checked(registry, pipeline(model__model="patcher")).faults
    assert (fault.code, fault.node, fault.input) == ("mismatch", "sampler", "model")
    assert "'patcher' was made for inpainting" in fault.message


@pytest.mark.parametrize(
    ("model", "mode", "refused"),
    [
        ("patcher", "auto", False),
        ("patcher", "inpaint_model", False),
        ("patcher", "blend", True),
        ("small", "auto", False),
        ("small", "inpaint_model", True),
    ],
)
def test_inpaint_takes_the_mode_that_its_model_was_made_for(
    registry: Registry, model: str, mode: str, refused: bool
) -> None:
    drawn = pipeline()
    drawn["painter"] = {"type": "LoadModel", "inputs": {"model": model}}
    drawn["wider"] = {"type": "ImagePad", "inputs": {"image": link("decode.image"), "left": 8}}
    parts = {"model": "painter.model", "vae": "painter.vae", "positive": "prompt.conditioning"}
    links = {name: link(port) for name, port in (parts | {"image": "wider.image", "mask": "wider.mask"}).items()}
    drawn["inpaint"] = {"type": "Inpaint", "inputs": {**links, "mode": mode}}
    assert [fault.input for fault in checked(registry, drawn).faults] == ["mode"] * refused


def test_models_that_share_a_space_may_share_latents(registry: Registry) -> None:
    assert checked(registry, pipeline(decode__vae=link("third.vae"), size__model=link("third.model"))).faults == ()


def test_facts_pass_through_lists_and_switches(registry: Registry) -> None:
    through = pipeline(decode__latent=link("switch.value"))
    through["many"] = {"type": "MakeList", "inputs": {"items": [link("sampler.latent"), link("size.latent")]}}
    through["one"] = {"type": "ListItem", "inputs": {"items": link("many.value")}}
    through["switch"] = {"type": "Switch", "inputs": {"yes": link("one.value"), "no": link("size.latent")}}
    assert checked(registry, through).faults == ()
    through["decode"]["inputs"]["vae"] = link("second.vae")
    assert [fault.node for fault in checked(registry, through).faults] == ["decode"]


@pytest.mark.parametrize("name", ["../up", "a/b", "C:\\x", "", ".hidden", "a\nb", "x" * 101, " "])
def test_a_name_that_is_no_file_name_is_refused_before_anything_runs(registry: Registry, name: str) -> None:
    graph = checked(
        registry,
        pipeline() | {"save": {"type": "SaveImage", "inputs": {"image": link("decode.image"), "name": name}}},
    )
    (fault,) = graph.faults
    assert (fault.node, fault.input) == ("save", "name")


def test_a_placeholder_without_an_input_is_refused_before_anything_runs(registry: Registry) -> None:
    def faults(**inputs: Any) -> list[str]:
        graph = checked(registry, {"text": {"type": "TextTemplate", "inputs": inputs}})
        return [fault.message for fault in graph.faults]

    assert faults(template="a {a} and {{this}}", a="cube") == []
    assert "{colour}" in faults(template="a {colour} cube")[0]
    assert "'b' is empty" in faults(template="{a} {b}", a="x")[0]
