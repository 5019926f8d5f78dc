"""`NAME=VALUE` on the command line."""

from __future__ import annotations

from collections.abc import Iterable

import click

from engine.graph.faults import Fault, InvalidWorkflow
from engine.graph.records import JsonValue
from engine.host.given import Given
from engine.host.host import Host
from engine.host.opening import Opened


def given_for(host: Host, opened: Opened) -> Given:
    """What reads values for the inputs of a workflow."""
    assets = host.assets(opened.beside)
    return Given(opened.workflow, host.registry.types, assets, host.home.inputs, opened.beside)


def read_settings(given: Given, settings: Iterable[str]) -> dict[str, JsonValue]:
    """The values of `--set`; a later one of the same name wins. Raises InvalidWorkflow with all that is wrong."""
    found: dict[str, JsonValue] = {}
    faults: list[Fault] = []
    for name, text in [split_setting("--set", setting) for setting in settings]:
        try:
            found[name] = given.read(name, text)
        except InvalidWorkflow as error:
            faults.extend(error.faults)
    if faults:
        raise InvalidWorkflow(faults)
    return found


def split_setting(option: str, setting: str) -> tuple[str, str]:
    """A setting's name and text. Raises click.UsageError where it has no `=`."""
    name, equals, text = setting.partition("=")
    if not equals or not name:
        raise click.UsageError(f"{option} is written NAME=VALUE, but here stands {setting!r}")
    return name, text
