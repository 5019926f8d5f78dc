"""What is known before anything runs: the facts that travel along links of the diffusion nodes, and when they clash.

    model, encoder, vae    name, family, space, width, height, text_width, inpaint (whether it paints over parts of pictures
                           only), lease (the model's fingerprint)
    encoder                vocabulary (nodes.prompts.vocabulary), where the model says which words it knows
    conditioning           family, text_width, name (of the model that encoded it)
    latent                 space, width, height, batch, name (of the model that it was made for or encoded with)
    noise, state           space, width, height, name

A space is a mapping with the fields of `LatentSpace`. Whatever is not known is left out, and checks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from engine.graph.faults import LoomError
from engine.graph.node import Facts, Mismatch
from nodes.types import LatentSpace

MODEL = ("name", "family", "space", "width", "height", "prediction", "text_width", "inpaint")


def of(inputs: Mapping[str, Any], name: str) -> Facts:
    """The facts of an input; none where nothing is given."""
    found = inputs.get(name)
    return found if isinstance(found, Mapping) else {}


def picked(facts: Facts, *names: str) -> dict[str, Any]:
    """Those of some facts that are known."""
    return {name: facts[name] for name in names if facts.get(name) is not None}


def space_from(fact: Mapping[str, Any]) -> LatentSpace:
    """The latent space that a fact tells of."""
    return LatentSpace(str(fact["name"]), int(fact["channels"]), int(fact["factor"]))


def same_space(input: str, given: Facts, model: Facts, what: str = "the model", *, noise: bool = False) -> None:
    """Raise Mismatch, which names both, where a latent is of another space than the model or VAE works in.

    `noise`: it is no latent, but what a sampling begins with or goes on from.
    """
    came, wanted = given.get("space"), model.get("space")
    if came is None or wanted is None or came == wanted:
        return
    latents_are = "decode it with its own VAE and encode the picture with this one's"
    is_in, but = ("for", "noise means something in its own space only") if noise else ("in", latents_are)
    raise Mismatch(
        input,
        f"input '{input}' is {is_in} latent space {_space(came)}{_of(given)}, but {what}{_of(model)} works in "
        f"{_space(wanted)}; {but}",
    )


def same_families(inputs: Mapping[str, Any], model: Facts) -> None:
    """Raise Mismatch, as `same_family`, where the positive or the negative prompt was not encoded for this kind of model."""
    for name in ("positive", "negative"):
        same_family(name, of(inputs, name), model)


def same_family(input: str, conditioning: Facts, model: Facts) -> None:
    """Raise Mismatch, which names both, where a conditioning was not encoded for this kind of model."""
    differing = [
        name
        for name in ("family", "text_width")
        if None not in (conditioning.get(name), model.get(name)) and conditioning[name] != model[name]
    ]
    if not differing:
        return
    raise Mismatch(
        input,
        f"input '{input}' was encoded{_of(conditioning)} ({_kind(conditioning)}), but the model{_of(model)} takes "
        f"{_kind(model)}; encode the prompt with the model's own text encoder",
    )


def for_whole_pictures(model: Facts) -> None:
    """Raise Mismatch, which names it, where a model paints over parts of pictures and nothing else."""
    if model.get("inpaint"):
        name = f"'{model['name']}' was" if "name" in model else "this one was"
        raise Mismatch(
            "model",
            f"input 'model': {name} made for inpainting, and paints over parts of pictures only; use the node Inpaint, or "
            "another model",
        )


@contextmanager
def in_sentences() -> Iterator[None]:
    """Pass a tensor function's ValueError, whose text is a sentence, on as what it is: for the user."""
    try:
        yield
    except ValueError as error:
        raise LoomError(str(error)) from error


def rgb(color: str) -> tuple[float, float, float]:
    """Red, green and blue in 0…1 of the input `color`, which is written #rrggbb. Raises LoomError, in a sentence."""
    digits = color.removeprefix("#")
    try:
        red, green, blue = bytes.fromhex(digits)
    except ValueError:
        raise LoomError(f"input 'color' is {color[:20]!r}; a colour is written #rrggbb, as #336699") from None
    return red / 255, green / 255, blue / 255


def _space(fact: Mapping[str, Any]) -> str:
    return f"'{fact['name']}' ({fact['channels']} channels, 1/{fact['factor']} of the size)"


def _kind(facts: Facts) -> str:
    width = f", {facts['text_width']} wide" if "text_width" in facts else ""
    return f"family {facts.get('family', 'unknown')}{width}"


def _of(facts: Facts) -> str:
    return f" of '{facts['name']}'" if "name" in facts else ""
