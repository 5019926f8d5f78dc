"""Keys: what a node's result is remembered by.

Two levels. A *recipe* key says how a value is made: node type, its code, canonical literals, and the recipes of its
sources; it is known before anything runs. An *action* key says what a call is given: the same, with the digests of the
input values in place of recipes. Where a recipe is new but the action is known, the change upstream changed nothing, and
the node does not run. Node ids, positions and titles enter neither.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from engine.graph.bind import Binding, Const, Item
from engine.graph.graph import GraphNode
from engine.graph.records import SALT, Identity, short_hash
from engine.graph.values import File, Folder

__all__ = ["SALT", "action_key", "further_key", "recipe_key"]


def recipe_key(binding: Binding, nodes: Mapping[str, GraphNode]) -> str | None:
    """The recipe of a node, from those of its sources; None below a volatile node."""
    if binding.type.volatile:
        return None
    links: list[Any] = []
    for name, source in binding.links.items():
        recipe = nodes[source.address].recipe
        if recipe is None:
            return None
        links.append((name, recipe, source.port))
    if len(links) > 1:
        links.sort()
    lists: list[Any] = []
    for name, items in binding.lists.items():
        keyed = [_item_recipe(item, nodes) for item in items]
        if None in keyed:
            return None
        lists.append((name, keyed))
    lists.sort()
    literals = _literals(binding) if binding.identities else binding.values
    return short_hash(orjson.dumps([binding.type.ident, literals, links, lists], option=orjson.OPT_SORT_KEYS))


def _item_recipe(item: Item, nodes: Mapping[str, GraphNode]) -> Any:
    if isinstance(item, Const):
        return ["=", _plain(item.value, item.identity)]
    recipe = nodes[item.address].recipe
    return None if recipe is None else [recipe, item.port]


def action_key(binding: Binding, given: Mapping[str, str | list[str]]) -> str:
    """The key of one call: type, code, literals, and the digests of what it is given by input."""
    literals = _literals(binding) if binding.identities else binding.values
    return short_hash(orjson.dumps([binding.type.ident, literals, given], option=orjson.OPT_SORT_KEYS))


def further_key(key: str, given: Mapping[str, str | list[str]]) -> str:
    """The key of the same call once it has asked for more."""
    return short_hash(orjson.dumps([key, given], option=orjson.OPT_SORT_KEYS))


def _literals(binding: Binding) -> Mapping[str, Any]:
    """Its literals as they enter a key; a sound node has an identity for whatever names content."""
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
