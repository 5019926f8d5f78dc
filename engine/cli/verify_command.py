"""`loom verify`: makes a picture again from the workflow inside it, and compares."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from engine.cli.options import a_host, device_option, json_option, packs_option

if TYPE_CHECKING:
    from engine.host.verify import Verdict


@click.command("verify", short_help="Make a picture again and compare.")
@click.argument("picture", metavar="PICTURE")
@device_option
@packs_option
@json_option
def command(picture: str, device: str, no_packs: bool, as_json: bool) -> int:
    """Run the workflow inside PICTURE again, without the cache, and compare the pixels.

    Says that they are identical, or the largest difference a channel (of 255) and what differs between the environment
    that made the picture and this one. The exit status is 0 where they are identical, else 1.
    """
    from engine.cli.running import open_aloud, watched
    from engine.cli.say import complain, print_json
    from engine.host.verify import verify_picture

    with a_host(no_packs=no_packs, device=device, remember=False) as host:
        opened = open_aloud(host, picture)
        with watched() as (watcher, control):
            verdict = verify_picture(host, opened, watcher.see, control)
    for fault in verdict.faults:
        complain(fault.message)
    if as_json:
        print_json(verdict.to_json())
    elif verdict.status == "succeeded":
        click.echo(_in_words(verdict))
    return 130 if verdict.status == "cancelled" else 0 if verdict.identical else 1


def _in_words(verdict: Verdict) -> str:
    if verdict.identical:
        words = "identical"
    elif verdict.largest:
        channels = ", ".join(f"{channel} {value}" for channel, value in verdict.largest.items())
        words = f"different: largest difference {channels} (of 255)"
    else:
        words = f"different: {verdict.why}"
    changed = [f"  {name}: {then} then, {now} now" for name, (then, now) in verdict.environment.items()]
    if changed:
        return "\n".join([words, "What differs in the environment:", *changed])
    return words if verdict.identical else f"{words}\nNothing that is known of the environment differs."
