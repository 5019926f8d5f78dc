"""The graph that all editors show: boxes in a grid, wires mostly to neighbours, some boxes with pictures."""

from __future__ import annotations

import io
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PIL import Image

COLUMN, ROW, SIDE = 320, 330, 256


@dataclass(frozen=True)
class Box:
    """A node: where it is, what its inputs are linked to (indices of nodes), and its picture's number, or none."""

    x: int
    y: int
    sources: tuple[int, ...]
    picture: int | None


def boxes(nodes: int, links: int, pictures: int) -> list[Box]:
    """`nodes` boxes with `links` wires between them; every box that has no picture has one or two inputs.

    Raises ValueError where there can't be so many.
    """
    free = nodes - pictures
    if not (0 < pictures <= nodes and free <= links <= 2 * free):
        raise ValueError(f"{nodes} nodes, {pictures} with pictures, can have {free} to {2 * free} links, not {links}")
    luck = random.Random(1)
    columns = max(1, round((nodes * 16 / 9) ** 0.5))
    shown = {i * nodes // pictures: i for i in range(pictures)}
    twice = set(luck.sample([i for i in range(nodes) if i not in shown], links - free))
    made = []
    for i in range(nodes):
        count = 0 if i in shown else 2 if i in twice else 1
        sources = tuple(max(0, i - 1 - luck.randrange(min(i, columns))) for _ in range(count))
        made.append(Box(i % columns * COLUMN, i // columns * ROW, sources, shown.get(i)))
    return made


def plain(graph: Sequence[Box]) -> dict[str, Any]:
    """For pages of other editors."""
    nodes = [
        {
            "title": _title(box),
            "x": box.x,
            "y": box.y,
            "inputs": [f"image {i}" for i in range(len(box.sources))],
            "numbers": [] if box.picture is not None else ["x", "y"],
            "picture": None if box.picture is None else f"picture{box.picture}.png",
        }
        for box in graph
    ]
    links = [
        {"from": source, "to": i, "input": place}
        for i, box in enumerate(graph)
        for place, source in enumerate(box.sources)
    ]
    return {"nodes": nodes, "links": links}


def workflow(graph: Sequence[Box], assets: Sequence[dict[str, str]]) -> dict[str, Any]:
    """The same as a workflow of shipped node types; `assets` are the inputs that name the pictures."""
    types = {0: "LoadImage", 1: "ImageResize", 2: "ImageComposite"}
    names = {0: (), 1: ("image",), 2: ("below", "above")}
    nodes = {}
    for i, box in enumerate(graph):
        count = len(box.sources)
        inputs: dict[str, Any] = {
            name: {"link": f"n{source}.image"} for name, source in zip(names[count], box.sources, strict=True)
        }
        if box.picture is not None:
            inputs["file"] = assets[box.picture]
        nodes[f"n{i}"] = {"type": types[count], "inputs": inputs}
    places = {f"n{i}": {"x": box.x, "y": box.y} for i, box in enumerate(graph)}
    return {"format": "latentloom", "version": 1, "title": "bench", "nodes": nodes, "ui": {"nodes": places}}


def picture(number: int) -> bytes:
    """A PNG, another for each number."""
    luck = random.Random(number)
    small = Image.frombytes("RGB", (8, 8), luck.randbytes(3 * 8 * 8))
    file = io.BytesIO()
    small.resize((SIDE, SIDE), Image.Resampling.BICUBIC).save(file, "PNG")
    return file.getvalue()


def _title(box: Box) -> str:
    return ("Load image", "Image resize", "Image composite")[len(box.sources)]
