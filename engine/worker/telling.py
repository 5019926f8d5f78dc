"""A run's events as the outside has them: (type, fields), ready for JSON."""

from __future__ import annotations

from typing import Any

import orjson

from engine.graph.graph import Graph
from engine.run.events import (
    Event,
    NodeData,
    NodeFailed,
    NodeNotice,
    NodeProgress,
    NodeSkipped,
    NodeStarted,
    NodeSucceeded,
    RunPlanned,
)

DATA_BYTES = 1 << 20


def fields_of(event: Event) -> dict[str, Any] | None:
    """What an event says beside its type and its run; None for what is told in another way, or is nobody's business."""
    match event:
        case RunPlanned():
            return {"order": list(event.order), "cached": list(event.cached)}
        case NodeStarted():
            return _at(event.node, event.item)
        case NodeProgress():
            left = {} if event.seconds_left is None else {"seconds_left": round(event.seconds_left, 3)}
            return {**_at(event.node, event.item), "step": event.step, "of": event.of, **left}
        case NodeData():
            data = plain(event.data)
            return None if data is None else {**_at(event.node, event.item), "data": data}
        case NodeSucceeded():
            flags = {name: True for name in ("cached", "partial") if getattr(event, name)}
            return {
                **_at(event.node, None),
                "seconds": round(event.seconds, 6),
                "outputs": dict(event.outputs),
                **flags,
            }
        case NodeFailed():
            return {**_at(event.node, event.item), "fault": event.fault.to_json()}
        case NodeSkipped():
            return {"node": event.node, "why": event.why}
        case NodeNotice():
            return {"node": event.node, "message": event.message, "input": event.input}
    return None


def seeds_of(graph: Graph) -> dict[str, int]:
    """Every seed of a workflow, by the address of its input; nodes that are held ran with none."""
    return {
        f"{address}.{name}": node.values[name]
        for address, node in graph.nodes.items()
        if not node.held
        for name, spec in node.type.inputs.items()
        if spec.widget == "seed" and type(node.values.get(name)) is int
    }


def plain(data: Any) -> Any:
    """What a node says of itself, as JSON; None where it is none, or too much."""
    try:
        text = orjson.dumps(data, option=orjson.OPT_SERIALIZE_NUMPY)
    except (TypeError, ValueError, RecursionError):
        return None
    return orjson.loads(text) if len(text) <= DATA_BYTES else None


def _at(node: str, item: int | None) -> dict[str, Any]:
    return {"node": node} if item is None else {"node": node, "item": item}
