"""What changed between two workflows, in terms of nodes and values, never of lines.

For defaults that one file writes and the other leaves out, compare what `normalise` gives.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from engine.graph.document import ExposedInput, NodeDoc, OutputDoc, SubworkflowDoc, Workflow
from engine.graph.places import address_in
from engine.graph.records import JsonValue
from engine.graph.shapes import Asset, Directory, Link, Many, Value, read_value

Kind: TypeAlias = Literal["added", "removed", "changed"]


class Change(NamedTuple):
    """One change, said in words; `node` is the address of the node that it is about, or None.

    `before` and `after` are the values in words, as the message has them; None where there is none, or it is about no value.
    """

    message: str
    node: str | None = None
    kind: Kind = "changed"
    before: str | None = None
    after: str | None = None

    def __str__(self) -> str:
        return self.message

    def to_json(self) -> dict[str, Any]:
        """The change as JSON has it everywhere."""
        return self._asdict()


def difference(a: Workflow, b: Workflow) -> tuple[Change, ...]:
    """The way from `a` to `b`: the file's own level, its sub-workflows, what surrounds them. () where equal."""
    return (
        *_entries("", {"title": _words(a.title)}, {"title": _words(b.title)}),
        *_level_changes(None, a, b),
        *_workflow_changes(a, b),
        *_entries("requires ", _required(a), _required(b)),
        *_entries("meta.", _rendered(a.meta), _rendered(b.meta)),
        *_environment_changes(a.made_with, b.made_with),
    )


def as_needy(workflow: Workflow, other: Workflow) -> Workflow:
    """The workflow with what only the other one says that it needs: whether a file was saved is no change of it."""
    return workflow.model_copy(update={"requires": workflow.requires.over(other.requires)})


def _environment_changes(a: Mapping[str, JsonValue], b: Mapping[str, JsonValue]) -> Iterator[Change]:
    """What differs in the record of how a picture was made; only that there is one, where one side has none."""
    if a and b:
        yield from _entries("made_with.", _rendered(a), _rendered(b))
    elif a or b:
        yield Change(f"made_with: {'added' if b else 'taken away'}", kind="added" if b else "removed")


def _workflow_changes(a: Workflow, b: Workflow) -> Iterator[Change]:
    for name in dict.fromkeys([*a.workflows, *b.workflows]):
        if name not in b.workflows:
            yield Change(f"sub-workflow '{name}' removed", kind="removed")
        elif name not in a.workflows:
            yield Change(f"sub-workflow '{name}' added ({_count(len(b.workflows[name].nodes))})", kind="added")
        else:
            yield from _level_changes(name, a.workflows[name], b.workflows[name])


def _level_changes(level: str | None, a: SubworkflowDoc, b: SubworkflowDoc) -> Iterator[Change]:
    renamed = _renamed(a.nodes, b.nodes)
    back = {new: old for old, new in renamed.items()}
    for node, doc in b.nodes.items():
        address = address_in(level, node)
        if node in back:
            yield Change(f"node '{address_in(level, back[node])}' renamed to '{node}'", address)
            yield from _node_changes(address, a.nodes[back[node]], doc, renamed)
        elif node not in a.nodes:
            yield Change(f"node '{address}' ({doc.type}) added", address, "added")
        else:
            yield from _node_changes(address, a.nodes[node], doc, renamed)
    for node, doc in a.nodes.items():
        if node not in b.nodes and node not in renamed:
            address = address_in(level, node)
            yield Change(f"node '{address}' ({doc.type}) removed", address, "removed")
    where = "" if level is None else f"workflow:{level}: "
    yield from _entries(f"{where}input ", _exposed(a.inputs, renamed), _exposed(b.inputs, {}))
    yield from _entries(f"{where}output ", _made(a.outputs, renamed), _made(b.outputs, {}))
    yield from _drawing_changes(where, a, b, renamed)


def _node_changes(address: str, a: NodeDoc, b: NodeDoc, renamed: Mapping[str, str]) -> Iterator[Change]:
    if a.type != b.type:
        yield Change(f"node '{address}': {a.type} became {b.type}", address)
    if a.version != b.version:
        yield Change(f"node '{address}': version {a.version} → {b.version}", address)
    if a.mode != b.mode:
        yield Change(f"node '{address}': mode {a.mode or 'normal'} → {b.mode or 'normal'}", address)
    for name in dict.fromkeys([*a.inputs, *b.inputs]):
        old = _words(_followed(read_value(a.inputs[name]), renamed)) if name in a.inputs else None
        new = _words(read_value(b.inputs[name])) if name in b.inputs else None
        if old != new:
            yield _valued(f"{address}.{name}", old, new, address)


def _renamed(a: Mapping[str, NodeDoc], b: Mapping[str, NodeDoc]) -> dict[str, str]:
    """Nodes that only changed their id: one gone and one new of the same type, mode and values, in file order.

    Links among nodes that came or went say nothing about the two, so they are left out of the comparison.
    """
    waiting: dict[str, list[str]] = defaultdict(list)
    for node, doc in a.items():
        if node not in b:
            waiting[_likeness(doc, b)].append(node)
    renamed = {}
    for node, doc in b.items():
        if node not in a and (alike := waiting.get(_likeness(doc, a))):
            renamed[alike.pop(0)] = node
    return renamed


def _likeness(doc: NodeDoc, others: Mapping[str, NodeDoc]) -> str:
    inputs = {}
    for name, value in sorted(doc.inputs.items()):
        shape = read_value(value)
        items = shape.items if isinstance(shape, Many) else (shape,)
        gone = [isinstance(item, Link) and item.node not in others for item in items]
        inputs[name] = ["?" if away else _words(item) for item, away in zip(items, gone, strict=True)]
    return json.dumps([doc.type, doc.version, doc.mode, inputs])


def _followed(value: Value, renamed: Mapping[str, str]) -> Value:
    if isinstance(value, Link):
        return Link(renamed.get(value.node, value.node), value.output)
    if isinstance(value, Many):
        return Many(tuple(_followed(item, renamed) for item in value.items))
    return value


def _follow(port: str, renamed: Mapping[str, str]) -> str:
    node, dot, name = port.partition(".")
    return f"{renamed.get(node, node)}{dot}{name}"


def _exposed(inputs: Mapping[str, ExposedInput], renamed: Mapping[str, str]) -> dict[str, str]:
    found = {}
    for name, given in inputs.items():
        found[f"'{name}'"] = ", ".join(_follow(port, renamed) for port in given.to)
        found |= {f"'{name}' {key}": _words(text) for key in ("title", "help") if (text := getattr(given, key))}
    return found


def _made(outputs: Mapping[str, OutputDoc], renamed: Mapping[str, str]) -> dict[str, str]:
    found = {f"'{name}'": _follow(output.link, renamed) for name, output in outputs.items()}
    return found | {f"'{name}' title": _words(out.title) for name, out in outputs.items() if out.title}


def _required(workflow: Workflow) -> dict[str, str]:
    packs = {f"pack '{name}'": version for name, version in workflow.requires.packs.items()}
    models = workflow.requires.models.items()
    return packs | {f"model '{name}'": f"{model.family} {model.fingerprint[:12]}".strip() for name, model in models}


def _rendered(values: Mapping[str, JsonValue]) -> dict[str, str]:
    return {key: _words(value) for key, value in values.items()}


def _drawing_changes(where: str, a: SubworkflowDoc, b: SubworkflowDoc, renamed: Mapping[str, str]) -> Iterator[Change]:
    """The drawing in a few words: how many nodes moved, which of its other parts changed."""
    old, new = a.ui.get("nodes"), b.ui.get("nodes")
    if isinstance(old, dict) and isinstance(new, dict):
        places = {renamed.get(node, node): place for node, place in old.items()}
        moved = [node for node in new if node in places and _text(new[node]) != _text(places[node])]
        if moved:
            yield Change(f"{where}{_count(len(moved))} moved")
    for key in dict.fromkeys([*a.ui, *b.ui]):
        if key != "nodes" and _text(a.ui.get(key)) != _text(b.ui.get(key)):
            yield Change(f"{where}drawing: {key} changed")


def _entries(prefix: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            yield _valued(f"{prefix}{key}", old.get(key), new.get(key))


def _valued(what: str, old: str | None, new: str | None, node: str | None = None) -> Change:
    if old is None:
        after = _cut(new or "")
        return Change(f"{what}: set to {after}", node, "added", after=after)
    if new is None:
        before = _cut(old)
        return Change(f"{what}: {before} taken away", node, "removed", before=before)
    start = next((place for place, (x, y) in enumerate(zip(old, new, strict=False)) if x != y), 0)
    before, after = _cut(old, start), _cut(new, start)
    return Change(f"{what}: {before} → {after}", node, "changed", before, after)


def _cut(text: str, around: int = 0, limit: int = 72) -> str:
    """A long text, cut so that what stands at `around` is seen."""
    if len(text) <= limit:
        return text
    begin = max(0, min(around - 24, len(text) - limit))
    return ("…" if begin else "") + text[begin : begin + limit] + ("…" if begin + limit < len(text) else "")


def _words(value: Value) -> str:
    match value:
        case Link():
            return str(value)
        case Asset(name, sha256):
            return f"file {_text(name)}" + (f" ({sha256[:12]}…)" if sha256 else "")
        case Directory(name):
            return f"folder {_text(name)}"
        case Many(items):
            return f"[{', '.join(_words(item) for item in items)}]"
        case _:
            return _text(value)


def _text(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _count(nodes: int) -> str:
    return "1 node" if nodes == 1 else f"{nodes} nodes"
