"""The comparison of searches and slopes: its workflows are sound, its table counts what the rows say, and it goes on."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.rewards import Runner, Table
from benchmarks.rewards_columns import Setup, columns, in_boxes, workflow, write
from benchmarks.rewards_table import cells, table
from engine.graph.faults import LoomError
from engine.host.host import Host
from engine.host.job import prepare
from engine.packs import find_registry
from engine.store.home import Home
from nodes.adherence.results import Row
from nodes.adherence.suites import Asked, chosen, read_suite
from nodes.solids.scene import Solid

SETUP = Setup("tiny", "tiny-clip", "tiny-clip", 1, 1.0, "ddim", 1.0, 5.0, 0.01)
SEEN = [Solid("red", "cube", "small", 0.0, 0.0, 0.0), Solid("blue", "sphere", "small", 1.0, 0.0, 0.0)]


@pytest.fixture(scope="module")
def host(
    tmp_path_factory: pytest.TempPathFactory, tiny_model: Callable[..., Path], tiny_clip: Callable[..., Path]
) -> Iterator[Host]:
    home = tmp_path_factory.mktemp("home")
    (home / "models").mkdir()
    for name, tiny in (("tiny", tiny_model), ("tiny-clip", tiny_clip)):
        (home / "models" / name).symlink_to(tiny(), target_is_directory=True)
    made = Host(find_registry(third_party=False), Home(home, (home / "models",)), device="cpu", remember=False)
    yield made
    made.close()


@pytest.mark.parametrize("name", columns())
def test_the_workflow_of_a_column_is_sound_and_takes_what_a_prompt_has_of_its_own(
    name: str, host: Host, tmp_path: Path
) -> None:
    column = columns()[name]
    for kind, solids in (("pair", 2), ("three", 3)):
        (asked,) = chosen(read_suite("held_out"), [kind], 1)
        opened = host.open(str(write(workflow(column, SETUP, solids), tmp_path / "it.json")))
        own = in_boxes(asked) if column.regions else {}
        graph = prepare(host, opened, {**own, "prompt": asked.prompt, "seed": asked.seed}).graph
        assert graph.workflow.nodes["other"].inputs["text"] == asked.prompt
        assert ("regions" in graph.workflow.nodes) == column.regions
        if column.regions:
            texts = {graph.workflow.nodes[f"solid_{number}"].inputs["text"] for number in range(solids)}
            assert len(texts) == solids


def row(prompt: str, seen: list[Solid], first: float = 0.5, best: float = 0.75) -> Row:
    numbers = {
        f"scores.{which}.{term}": value
        for which, value in (("first", first), ("best", best))
        for term in ("rewards.clip", "held_out.clip 2")
    }
    return Row("held_out", "pair", prompt, 1, 0, 1, tuple(seen), 2.0, numbers)


def test_the_table_counts_what_the_rows_say() -> None:
    prompts = ["a red cube and a blue sphere", "a blue cube and a red sphere"]
    plain = [row(prompt, SEEN[:1]) for prompt in prompts]
    better = [row(prompt, SEEN) for prompt in prompts]
    told = {what: cell(better) for what, cell in cells(plain).items()}
    assert told["right"].startswith("1 of 2: 50.0 %")
    assert told["errors removed"].startswith("50 % ")
    assert (told["swapped"], told["neglected"]) == ("1 of 2", "0 of 2")
    assert told["held-out reward, first → kept"].startswith("0.500 → 0.750 (+0.250;")
    assert cells(plain)["errors removed"](plain) == "–"
    lines = list(table("pair", {"plain": plain, "best8": [], "gradient": better}, {"plain": "a", "gradient": "b"}))
    assert lines[0] == "| pair | a | b |"
    assert {line.count("|") for line in lines} == {4}


def test_only_prompts_that_both_have_are_compared() -> None:
    plain = [row(f"a red cube and a blue {shape}", SEEN[:1]) for shape in ("sphere", "cone", "ring")]
    assert cells(plain)["errors removed"]([replace(plain[0], solids=tuple(SEEN))]).startswith("100 % ")
    assert cells(plain)["errors removed"]([]) == "–"


def test_two_parts_are_one_table_and_what_is_drawn_is_not_drawn_again(host: Host, tmp_path: Path) -> None:
    asked = Asked("held_out", "pair", "a red cube and a blue sphere", 3)
    plain = {"plain": columns()["plain"]}
    first = Table(tmp_path, plain, "1of2.")
    drawn = Runner(host, SETUP, first).draw(asked, "plain")
    second = Table(tmp_path, plain, "2of2.")
    second.read(["pair"])
    assert second.rows["pair", "plain"] == {asked: drawn}
    assert any(line.startswith("| right | ") and " of 1: " in line for line in second.lines(["pair"]))
    Runner(host, replace(SETUP, steps=2), second).draw(replace(asked, seed=4), "plain")
    with pytest.raises(LoomError, match="of different settings"):
        Table(tmp_path, plain).read(["pair"])
    assert json.loads((tmp_path / "workflows" / "pair.plain.json").read_text())["title"] == "plain"


def test_what_is_counted_of_each_kind_is_counted_of_all_together(tmp_path: Path) -> None:
    rows = [row("a red cube and a blue sphere", SEEN), row("a red cube and a blue cone", SEEN)]
    told = Table(tmp_path, {"plain": columns()["plain"]})
    told.rows = {(kind, "plain"): {one.asked: one} for kind, one in zip(("pair", "three"), rows, strict=True)}
    counted = [line for line in told.lines(["pair", "three"]) if line.startswith("| right |")]
    assert [line.split(":")[0] for line in counted] == ["| right | 1 of 1", "| right | 0 of 1", "| right | 1 of 2"]
    assert not any("all" in line for line in told.lines(["pair"]))
