"""The workflows that travel with the program: each is canonical, checks clean and runs.

They run on the shipped model; where that is not there, a tiny one with random weights bears its name.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from engine.graph.canonical import dump
from engine.graph.document import load_workflow
from engine.graph.normalise import normalise
from engine.host.host import Host
from engine.host.job import Finished, perform, prepare
from engine.host.needs import needs_of
from engine.packs import find_registry
from engine.store.home import Home
from engine.store.pictures import read_workflow
from nodes.solids.prompts import unknown_words

ROOT = Path(__file__).parents[2]
FILES = {path.stem: path for path in sorted((ROOT / "workflows").glob("*.json"))}
FEWER_STEPS: dict[str, dict[str, Any]] = {
    "asked_and_drawn": {"steps": 2},
    "best_of_eight": {"steps": 2, "count": 3},
    "text_to_image": {"steps": 2},
    "change_colour": {"steps": 2},
    "enlarge": {},
    "hires_fix": {"steps": 2, "second_steps": 1},
    "image_to_image": {"steps": 2},
    "paint_regions": {"steps": 2},
    "regions": {"steps": 2},
    "optimize_prompt": {"steps": 1, "iterations": 3, "candidates": 2},
    "redder": {"steps": 1, "iterations": 2},
    "repair": {"steps": 2},
    "seed_grid": {"steps": 2, "count": 2},
    "widen": {"steps": 2},
    "two_prompts": {"left/sampler.steps": 2, "right/sampler.steps": 2},
}


@pytest.fixture(scope="module")
def host(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Callable[..., Path], tiny_clip: Callable[..., Path]
) -> Any:
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    tiny: dict[str, tuple[str, Callable[[], Path]]] = {
        "solids": ("model_index.json", tiny_model),
        "solids-inpaint": ("model_index.json", partial(tiny_model, inpaint=True)),
        "solids-clip": ("config.json", tiny_clip),
        "solids-clip-b": ("config.json", tiny_clip),
    }
    for name, (file, made_small) in tiny.items():
        if not (ROOT / "models" / name / file).exists():
            (home / "models" / name).symlink_to(made_small(), target_is_directory=True)
    made = Host(find_registry(third_party=False), Home(home, (home / "models",)), device="cpu", remember=False)
    yield made
    made.close()


def run(host: Host, name: str, folder: Path, **values: Any) -> Finished:
    opened = host.open(str(FILES[name]))
    return perform(prepare(host, opened, FEWER_STEPS[name] | values), folder)


def pixels(entry: Any) -> Any:
    return np.asarray(Image.open(entry["path"]))


def test_every_example_is_run_here() -> None:
    assert set(FILES) == set(FEWER_STEPS)


@pytest.mark.parametrize("name", FILES)
def test_an_example_is_written_canonically(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    workflow = load_workflow(text, name)
    assert dump(normalise(workflow, find_registry(third_party=False).types)) == text
    assert workflow.title
    assert workflow.outputs


@pytest.mark.parametrize("name", FILES)
def test_an_example_says_how_large_the_models_are_that_it_needs(name: str, host: Host) -> None:
    """So that who has them not is told what to look for. No fingerprint: a model may be trained anew."""
    opened = host.open(str(FILES[name]))
    told = needs_of(host, prepare(host, opened, {}).graph).models
    said = opened.workflow.requires.models
    assert set(said) == set(told)
    shipped = [model for model in told if host.catalog.find(model).path.is_relative_to(ROOT)]
    for model in shipped:
        assert (said[model].family, said[model].bytes) == (told[model].family, told[model].bytes)


@pytest.mark.parametrize("name", FILES)
def test_an_example_asks_for_what_the_model_knows(name: str) -> None:
    workflow = load_workflow(FILES[name].read_text(encoding="utf-8"), name)
    prompts = [doc.inputs.get("text", doc.inputs.get("prompt")) for doc in workflow.nodes.values()]
    texts = [text for text in prompts if isinstance(text, str)]
    assert any(texts) == any(doc.type == "LoadModel" for doc in workflow.nodes.values())
    assert [unknown_words(text) for text in texts] == [()] * len(texts)


@pytest.mark.parametrize("name", FILES)
def test_an_example_runs_and_its_picture_carries_it(name: str, host: Host, tmp_path: Path) -> None:
    finished = run(host, name, tmp_path)
    assert (finished.status, finished.faults) == ("succeeded", [])
    title = load_workflow(FILES[name].read_text(encoding="utf-8")).title
    assert finished.outputs
    for (entry,) in finished.outputs.values():
        carried = read_workflow(Path(str(entry["path"])))
        assert carried is not None
        assert load_workflow(carried).title == title


@pytest.mark.parametrize(
    ("name", "source", "farthest"), [("repair", "scratched.png", 8), ("change_colour", "red_cube_blue_sphere.png", 10)]
)
def test_what_is_marked_is_painted_and_what_is_not_near_it_is_spared(
    name: str, source: str, farthest: int, host: Host, tmp_path: Path
) -> None:
    (entry,) = run(host, name, tmp_path).outputs["image"]
    before, after = np.asarray(Image.open(ROOT / "workflows" / source).convert("RGB")), pixels(entry)
    red, green, blue = before.astype(int).transpose(2, 0, 1)
    marked = (before == 255).all(-1) if name == "repair" else (red > green + 60) & (red > blue + 60)
    assert (after != before).any(-1)[marked].mean() > 0.9
    # A square this much larger to each side holds the mask, grown and softened.
    near = Image.fromarray(marked).convert("L").filter(ImageFilter.MaxFilter(2 * farthest + 1))
    assert np.array_equal(after[np.asarray(near) == 0], before[np.asarray(near) == 0])


def test_a_scene_is_widened_by_new_room_and_the_rest_of_it_is_spared(host: Host, tmp_path: Path) -> None:
    before = np.asarray(Image.open(ROOT / "workflows" / "red_cube_blue_sphere.png").convert("RGB"))
    (entry,) = run(host, "widen", tmp_path).outputs["image"]
    after = pixels(entry)
    assert after.shape == (128, 192, 3)
    drawn_out = np.repeat(before[:, -1:], 64, 1)
    assert (after[:, 128:] != drawn_out).any(-1).mean() > 0.9
    # The new room, grown by 6 pixels and softened over three deviations of 2, reaches 12 pixels into the picture.
    assert np.array_equal(after[:, : 128 - 12], before[:, : 128 - 12])


def test_regions_that_all_ask_for_one_thing_are_the_picture_of_that_prompt(host: Host, tmp_path: Path) -> None:
    prompt = "a green cone"
    same = dict.fromkeys(("left", "middle", "right", "base"), prompt)
    (regions,) = run(host, "regions", tmp_path, seed=3, **same).outputs["image"]
    (single,) = run(host, "text_to_image", tmp_path, prompt=prompt, seed=3).outputs["image"]
    assert np.abs(pixels(regions).astype(int) - pixels(single)).max() <= 1
    (other,) = run(host, "regions", tmp_path, seed=3, **same | {"left": "a red cube"}).outputs["image"]
    assert not np.array_equal(pixels(other), pixels(regions))


def test_a_picture_is_enlarged_to_the_pixel_and_stays_the_same_picture(host: Host, tmp_path: Path) -> None:
    source = Image.open(ROOT / "workflows" / "red_cube_blue_sphere.png").convert("RGB")
    for scale, side in ((4.0, 512), (2.5, 320)):
        (entry,) = run(host, "enlarge", tmp_path, scale=scale).outputs["image"]
        large = Image.open(str(entry["path"]))
        assert large.size == (side, side)
        back = np.asarray(large.resize(source.size, Image.Resampling.BOX), float)
        assert np.abs(back - np.asarray(source, float)).mean() < 2


def test_a_cell_of_the_seed_grid_is_the_picture_of_its_seed(host: Host, tmp_path: Path) -> None:
    prompt = "a green cone"
    (grid,) = run(host, "seed_grid", tmp_path, prompt=prompt, first=7).outputs["grid"]
    (single,) = run(host, "text_to_image", tmp_path, prompt=prompt, seed=8).outputs["image"]
    picture, whole = pixels(single), pixels(grid)
    height, width = picture.shape[:2]
    assert np.array_equal(whole[8 : 8 + height, 16 + width : 16 + 2 * width], picture)


def test_both_uses_of_the_sub_workflow_are_pictures_of_their_prompts(host: Host, tmp_path: Path) -> None:
    (both,) = run(host, "two_prompts", tmp_path, seed=3).outputs["grid"]
    prompts = ("a black cube and a red sphere", "a red cube and a black sphere")
    for use, prompt in enumerate(prompts):
        (single,) = run(host, "text_to_image", tmp_path, prompt=prompt, seed=3).outputs["image"]
        picture = pixels(single)
        height, width = picture.shape[:2]
        left = 8 + use * (width + 8)
        assert np.array_equal(pixels(both)[8 : 8 + height, left : left + width], picture)


def test_another_seed_in_a_new_process_encodes_no_text_and_nothing_changed_runs_nothing(
    host: Host, tmp_path: Path
) -> None:
    states = []
    for seed in (1, 2, 2):
        fresh = Host(host.registry, Home(tmp_path, host.home.model_folders), device="cpu")
        opened = fresh.open(str(FILES["text_to_image"]))
        done = perform(prepare(fresh, opened, {"steps": 2, "seed": seed}), tmp_path / "out")
        states.append({name for name, node in done.nodes.items() if node["state"] == "ran"})  # type: ignore[index, call-overload]
        loads = fresh.models.loads
        fresh.close()
    assert states[1] == {"sampler", "decode"}
    assert states[2] == set()
    assert loads == 0


def test_the_best_of_several_is_the_picture_of_the_seed_with_the_highest_score(host: Host, tmp_path: Path) -> None:
    values: dict[str, Any] = {"steps": 2, "count": 3, "seed": 5, "prompt": "a red cone"}
    opened = host.open(str(FILES["best_of_eight"]))
    done = perform(prepare(host, opened, values, ["image", "score.scores", "best.indices"]), tmp_path)
    (best,) = done.outputs["image"]
    index: Any = done.outputs["best.indices"][0]["value"]
    scores: list[Any] = [entry["value"] for entry in done.outputs["score.scores"]]
    assert len(scores) == 3
    assert scores[index] == max(scores)
    (single,) = run(host, "text_to_image", tmp_path, prompt="a red cone", seed=5 + index).outputs["image"]
    assert np.abs(pixels(best).astype(int) - pixels(single)).max() <= 1
