"""Keys: what a node's result is remembered by.

Two levels. A *recipe* key says how a value is made: node type, its code, canonical literals, and the recipes of its
sources; it is known before anything runs. An *action* key says what a call is given: the same, with the digests of the
input values in place of recipes. Where a recipe is new but the action is known, the change upstream changed nothing, and
the node does not run. Node ids, positions and titles enter neither.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson

from engine.graph.bind import Binding, Const, Item
from engine.graph.records import Identity, NodeType
from engine.graph.values import File, Folder

SALT = "latentloom-1"


def _hash(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


@lru_cache(maxsize=4096)
def _ident(name: str, version: int, code: str, ports: tuple[str, ...]) -> str:
    return _hash(orjson.dumps([SALT, name, version, code, ports]))


def ident(record: NodeType) -> str:
    """A digest of a node type: its name, version, source code and outputs."""
    return _ident(record.name, record.version, record.code, tuple(record.outputs))


def recipe_key(binding: Binding, sources: Mapping[str, str | None]) -> str | None:
    """The recipe of a node, from the recipes of its sources by address; None below a volatile node."""
    if binding.type.volatile:
        return None
    links: list[Any] = []
    for name, source in binding.links.items():
        recipe = sources[source.address]
        if recipe is None:
            return None
        links.append((name, recipe, source.port))
    lists: list[Any] = []
    for name, items in binding.lists.items():
        keyed = [_item_recipe(item, sources) for item in items]
        if None in keyed:
            return None
        lists.append((name, keyed))
    if len(links) > 1:
        links.sort()
    lists.sort()
    return _hash(_dump([ident(binding.type), _literals(binding), links, lists]))


def _item_recipe(item: Item, sources: Mapping[str, str | None]) -> Any:
    if isinstance(item, Const):
        return ["=", _plain(item.value, item.identity)]
    recipe = sources[item.address]
    return None if recipe is None else [recipe, item.port]


def action_base(binding: Binding) -> str:
    """What an action key says beside its inputs: type, code and literals."""
    return _hash(_dump(["a", ident(binding.type), _literals(binding)]))


def action_key(base: str, inputs: Sequence[tuple[str, str | list[str]]]) -> str:
    """The key of one call, from `action_base` and the digests of the values that it is given."""
    return _hash(_dump([base, inputs]))


def _literals(binding: Binding) -> Any:
    if not binding.identities:
        values = binding.values
        if not any(isinstance(value, (File, Folder)) for value in values.values()):
            return values
    return {name: _plain(value, binding.identities.get(name)) for name, value in binding.values.items()}


def _plain(value: Any, identity: Identity | None) -> Any:
    """A literal as it enters a key: what names content is replaced by the content's digest."""
    if identity is not None:
        return ["#", identity.digest]
    if isinstance(value, File):
        return ["#", value.sha256 or value.name]
    if isinstance(value, Folder):
        return ["/", value.name]
    return value


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
