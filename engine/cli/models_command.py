"""`loom models`: the models that workflows may name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from engine.cli.options import a_host, json_option, packs_option

if TYPE_CHECKING:
    from engine.store.models import FoundModel


@click.command("models", short_help="List the models that are here.")
@packs_option
@json_option
def command(no_packs: bool, as_json: bool) -> int:
    """List the models that are here: name, family, size, fingerprint and place.

    Models are diffusers folders and .safetensors files in $LOOM_HOME/models, in the folders of LOOM_MODELS, and in
    packs. One that cannot be used is listed with the reason.
    """
    from engine.cli.say import note, print_json

    with a_host(no_packs=no_packs) as host:
        models, folders = host.catalog.models(), host.catalog.folders
    if as_json:
        print_json({"folders": [str(folder) for folder in folders], "models": [_entry(model) for model in models]})
        return 0
    for model in models:
        click.echo(_line(model))
    if not models:
        click.echo(f"There are no models in: {', '.join(map(str, folders))}")
    note(f"Your own go into {folders[0]}: a diffusers folder, or a .safetensors file")
    return 0


def _entry(model: FoundModel) -> dict[str, Any]:
    fault = None if model.fault is None else {"code": model.fault.code, "message": str(model.fault)}
    return {
        "name": model.name,
        "path": str(model.path),
        "fingerprint": model.fingerprint,
        "facts": _plain(model.facts),
        "fault": fault,
    }


def _plain(value: object) -> Any:
    """Facts as JSON: what a pack says of a model may hold small classes of its own."""
    import dataclasses
    from collections.abc import Mapping

    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _plain(dataclasses.asdict(value))
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def _line(model: FoundModel) -> str:
    if model.fault is not None:
        return f"{model.name}: cannot be used: {model.fault}"
    facts = [str(model.facts["family"])] if "family" in model.facts else []
    if "width" in model.facts and "height" in model.facts:
        facts.append(f"{model.facts['width']} × {model.facts['height']}")
    if model.facts.get("inpaint"):
        facts.append("for inpainting")
    return f"{model.name}  {', '.join([*facts, model.fingerprint[:12]])}  {model.path}"
