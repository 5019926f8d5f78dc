"""Nodes that turn words into what steers a model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field

from engine.graph.node import Context, Facts, Multiline, Node
from nodes.checks import in_sentences, of, picked
from nodes.prompts.vocabulary import prompt_notice, vocabulary_from
from nodes.types import Conditioning, TextEncoder


class TextEncode(Node):
    """Turn a prompt into what steers a model.

    `(red:1.3)` gives words 1.3 times their weight, `(red)` 1.1 times, `[red]` 1/1.1; a backslash before a bracket makes
    it an ordinary character. Prompts longer than the encoder's window are encoded in several windows, cut at a comma where
    one is near, and the word BREAK begins a new one.
    """

    title = "Encode text"
    category = "conditioning"
    peers = ("CLIPTextEncode",)

    encoder: Annotated[TextEncoder, Field(description="The text encoder of the model that the prompt is for")]
    text: Annotated[Multiline, Field(description="The prompt")] = ""
    emphasis: Annotated[
        Literal["comfy", "a1111", "nonorm", "off"],
        Field(
            description="How weights in brackets act: away from the empty prompt (comfy), scaled with the mean kept "
            "(a1111), just scaled (nonorm), or not at all, and brackets are characters (off)"
        ),
    ] = "comfy"
    clip_skip: Annotated[
        int, Field(ge=0, le=11, description="How many of the encoder's last layers to leave out; 0 for most models")
    ] = 0

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """A conditioning is for models of the encoder's family and width."""
        return {"conditioning": picked(of(inputs, "encoder"), "name", "family", "text_width")}

    @classmethod
    def notices(cls, inputs: Mapping[str, Any]) -> Mapping[str, str]:
        """Tell of words that the encoder's model does not know, where it says which it knows."""
        encoder, text = of(inputs, "encoder"), of(inputs, "text").get("value")
        if not isinstance(text, str):
            return {}
        who = f"model '{encoder['name']}'" if "name" in encoder else "the model"
        emphasis = str(of(inputs, "emphasis").get("value"))
        told = prompt_notice(vocabulary_from(encoder.get("vocabulary")), text, emphasis, who)
        return {} if told is None else {"text": told}

    def run(self, context: Context) -> Conditioning:
        """Encode. Raises LoomError, in a sentence, for a `clip_skip` that the encoder does not have."""
        import torch

        from nodes.prompts.encode import encode_text

        with context.lease(self.encoder) as (encoder,), torch.no_grad(), in_sentences():
            if told := prompt_notice(encoder.vocabulary, self.text, self.emphasis):
                context.notice(told, "text")
            return encode_text(encoder, self.text, emphasis=self.emphasis, clip_skip=self.clip_skip)
