"""`loom bench` over workflows of which the answer is known: rendered scenes are what a perfect model would draw."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from engine.cli.main import main
from engine.graph.faults import InvalidWorkflow
from engine.host.host import Host
from engine.packs import Registry, find_registry
from engine.run.control import Control
from nodes.adherence.command import command
from nodes.adherence.results import Results
from nodes.adherence.running import make_bench, numbers_in, run_suite
from nodes.adherence.suites import read_suite

PROMPTS = ["a small red cube left of a large blue ball", "a red cone", "a white gem"]
PERFECT = {"scene": {"type": "RenderScene", "inputs": {"text": "a red cone"}}}
# Draws one thing whatever is asked: of the prompts it has the second right.
CARELESS = {**PERFECT, "words": {"type": "Text", "inputs": {"value": ""}}}
# Two pictures a prompt, the first as asked, and what the node ScoreScene counts in them.
SCORED = {
    "scene": {"type": "RenderScene", "inputs": {"text": ""}},
    "other": {"type": "RenderScene", "inputs": {"text": "a red cone"}},
    "both": {"type": "MakeList", "inputs": {"items": [{"link": "scene.image"}, {"link": "other.image"}]}},
    "score": {"type": "ScoreScene", "inputs": {"image": {"link": "both.value"}, "prompt": ""}},
}
Loom = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return find_registry(third_party=False)


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, registry: Registry) -> Path:
    monkeypatch.setenv("LOOM_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("engine.packs.find_registry", lambda third_party=True: registry)
    Path("suite.json").write_text(json.dumps(PROMPTS))
    for name, drawn in (("perfect", PERFECT), ("careless", CARELESS)):
        write(name, drawn, outputs={"image": {"link": "scene.image"}})
    return tmp_path


@pytest.fixture
def loom(here: Path, capfd: pytest.CaptureFixture[str]) -> Loom:
    def call(*arguments: str) -> tuple[int, str, str]:
        status = main(["bench", *arguments])
        told = capfd.readouterr()
        assert "Traceback" not in told.err
        return status, told.out, told.err

    return call


@pytest.fixture
def host(here: Path, registry: Registry) -> Iterator[Host]:
    made = Host(registry, device="cpu", remember=False)
    yield made
    made.close()


def write(name: str, drawn: object, **further: object) -> None:
    Path(f"{name}.json").write_text(json.dumps({"format": "latentloom", "version": 1, "nodes": drawn, **further}))


def test_every_command_and_option_explains_itself():
    for one in command.commands.values():
        assert one.help
        assert all(option.help for option in one.params if isinstance(option, click.Option))


def test_a_perfect_painter_makes_no_error_and_a_careless_one_is_found_out(loom):
    status, table, err = loom("adherence", "perfect.json", "--suite", "suite.json", "--pictures", "kept")
    assert (status, "3 of 3 prompts" in err) == (0, True)
    assert "| single: right | 2 of 2 |" in table
    assert "| pair: right with sizes and places | 1 of 1 |" in table
    assert "wrong" not in table
    first, *rows = map(json.loads, Path("outputs/adherence_perfect.jsonl").read_text().splitlines())
    assert first["places"] == {"prompts": ["scene.text"], "seeds": ["scene.seed"], "picture": "image", "numbers": []}
    assert all((Path("outputs") / row["file"]).is_file() for row in rows)

    where = ("--prompt", "words.value", "--results", "careless.jsonl")
    status, told, _ = loom("adherence", "careless.json", "--suite", "suite.json", "--json", *where)
    kinds = json.loads(told)["kinds"]
    assert (status, kinds["single"]["right"]["hits"], kinds["single"]["both"]["hits"]) == (0, 1, 1)
    assert kinds["pair"]["neglect"]["hits"] == 1

    _, told, _ = loom("compare", "careless.jsonl", "outputs/adherence_perfect.jsonl")
    assert "| all: errors | 3 | 66.7 % | 0.0 % | 100 % removed (100 – 100) |" in told
    assert loom("table", "outputs/adherence_perfect.jsonl")[1] == table


def test_what_is_in_the_file_is_not_run_again_and_other_settings_are_refused(loom):
    loom("adherence", "perfect.json", "--suite", "suite.json", "--kinds", "single", "--results", "r.jsonl")
    before = Path("r.jsonl").read_bytes()
    Path("r.jsonl").write_bytes(before[:-20])
    status, _, err = loom("adherence", "perfect.json", "--suite", "suite.json", "--results", "r.jsonl")
    assert (status, "1 of 3 prompts are in r.jsonl already" in err) == (0, True)
    lines = Path("r.jsonl").read_bytes().splitlines()
    assert lines[:2] == before.splitlines()[:2]
    assert len(lines) == 4

    status, out, err = loom(
        "adherence", "careless.json", "--suite", "suite.json", "--prompt", "words.value", "--results", "r.jsonl"
    )
    assert (status, out) == (2, "")
    assert "results of another workflow" in err
    assert Path("r.jsonl").read_bytes().splitlines() == lines


def test_all_pictures_of_a_prompt_are_read_and_numbers_noted_beside_them(loom):
    outputs = {"image": {"link": "both.value"}, "seen": {"link": "score.right"}, "said": {"link": "score.report"}}
    write("two", SCORED, inputs={"prompt": {"to": ["scene.text", "score.prompt"]}}, outputs=outputs)
    where = ("--seed", "scene.seed", "--seed", "other.seed", "--results", "r.jsonl", "--number", "score.met")
    status, table, _ = loom("adherence", "two.json", "--suite", "suite.json", *where)
    rows = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()[1:]]
    assert status == 0
    assert [(row["seed"], row["picture"], row["pictures"]) for row in rows] == [
        (seed, picture, 2) for seed in range(3) for picture in range(2)
    ]
    assert [row["numbers"]["seen"] for row in rows] == [float(row["right"]) for row in rows] == [1, 0, 1, 1, 1, 0]
    assert {name for row in rows for name in row["numbers"]} == {"seen", "score.met"}
    assert "| single: seen | 4 | mean 0.7500" in table


def test_a_run_that_is_cancelled_keeps_what_it_had(host, here):
    bench = make_bench(host, host.open("perfect.json"), {})
    control, asked = Control(), read_suite("suite.json")
    results = Results(here / "r.jsonl", bench.header())
    assert run_suite(bench, asked, results, control, control.cancel) == ("cancelled", [])
    assert [row.asked for row in results.rows] == asked[:1]


def test_a_node_that_fails_ends_it_with_the_reason(loom):
    Path("suite.json").write_text('["a red cube left of a blue cube, a green cube left of a red cube"]')
    write("fails", {**PERFECT, "off": {"type": "ListItem", "inputs": {"items": [{"link": "scene.image"}], "index": 3}}})
    status, out, err = loom("adherence", "fails.json", "--output", "off.value", "--limit", "1")
    assert (status, out) == (1, "")
    assert "node 'off': input 'index' is 3" in err


@pytest.mark.parametrize(
    ("drawn", "further", "given", "why"),
    [
        (
            CARELESS,
            {"outputs": {"image": {"link": "scene.image"}}},
            {},
            "which of its inputs is the prompt; .*words.value",
        ),
        (PERFECT, {"outputs": {"words": {"link": "scene.caption"}}}, {}, "no output of type Image"),
        (SCORED, {}, {"prompts": ["scene.text"], "seeds": ["scene.seed"]}, "makes nothing"),
        (
            {**PERFECT, "a": {"type": "SaveImage", "inputs": {"image": {"link": "scene.image"}}}},
            {"outputs": {"one": {"link": "scene.image"}, "two": {"link": "scene.image"}}},
            {},
            "which of its outputs is the picture; .*one, two",
        ),
        (PERFECT, {}, {"output": "scene.image", "prompts": ["scene.seed"]}, "--prompt scene.seed: it takes"),
        (
            PERFECT,
            {},
            {"output": "scene.image", "numbers": ["scene.caption"]},
            "--number scene.caption: it is no number",
        ),
        (PERFECT, {}, {"output": "scene.image", "shared": {"scene.text": "a red cube"}}, "the same input"),
    ],
)
def test_a_workflow_that_leaves_it_open_says_what_to_name(host, drawn, further, given, why):
    write("w", drawn, **further)
    with pytest.raises(InvalidWorkflow, match=why):
        make_bench(host, host.open("w.json"), **{"shared": {}, **given})


def test_a_node_that_writes_a_picture_is_an_output_too(host):
    write("w", {**PERFECT, "keep": {"type": "SaveImage", "inputs": {"image": {"link": "scene.image"}}}})
    bench = make_bench(host, host.open("w.json"), {})
    assert (bench.places.picture, bench.places.prompts, bench.places.seeds) == (
        "keep",
        ("scene.text",),
        ("scene.seed",),
    )
    (asked, *_) = read_suite("suite.json")
    (row,), status, _ = bench.run(asked, Path(), Control())
    assert (status, row.shown.verdict.as_asked) == ("succeeded", True)


def test_data_gives_its_numbers_by_the_names_on_the_way_to_them():
    scores = {"first": {"held_out": {"b": 0.25}, "rows": [1, 2]}, "best": {"held_out": {"b": 0.5}, "picture": 3}}
    assert dict(numbers_in("scores", scores)) == {
        "scores.first.held_out.b": 0.25,
        "scores.best.held_out.b": 0.5,
        "scores.best.picture": 3.0,
    }
    assert dict(numbers_in("steps", 4)) == {"steps": 4.0}
