"""Nodes for the rendered world of coloured solids: pictures with known truth, and a count of what a picture shows."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import Field

from engine.graph.node import Context, Multiline, Node, Seed
from nodes.checks import in_sentences
from nodes.types import Image


class RenderedScene(NamedTuple):
    """What RenderScene gives."""

    image: Annotated[Image, Field(description="The picture, 128 × 128 pixels")]
    caption: Annotated[str, Field(description="A true sentence about the picture, drawn from the seed")]


class RenderScene(Node):
    """Render a small scene of coloured solids, exactly as a text asks for it, or drawn at random.

    A text names one to three solids, each a colour and a shape: cube, sphere, cone, cylinder, diamond or ring. Sizes
    (small, large), places between neighbours (left of, right of, in front of, behind) and a ground (on sand, stone, moss,
    ice or clay) may be named too. What is left open is drawn from the seed; without a text, all is. It is what the model
    'solids' was trained on, so a rendered scene shows what a perfect model would draw, and is a picture to begin from.
    """

    title = "Render scene"
    category = "solids"

    text: Annotated[Multiline, Field(description="What to show; empty draws a scene at random")] = ""
    seed: Annotated[Seed, Field(description="What is drawn where the text leaves it open")] = 0

    def run(self, context: Context) -> RenderedScene:
        """Render. Raises LoomError, in a sentence, for a text that asks for no solids, for too many, or the impossible."""
        from nodes.ops.scenes import draw_scene
        from nodes.solids.prompts import remarks

        for remark in remarks(self.text):
            context.notice(remark, "text")
        with in_sentences():
            pixels, caption = draw_scene(self.text, self.seed)
        return RenderedScene(Image(pixels), caption)


class SceneScore(NamedTuple):
    """What ScoreScene gives."""

    right: Annotated[
        float,
        Field(
            description="1 where exactly the solids asked for are seen, else 0; for a batch, the share that is right"
        ),
    ]
    met: Annotated[
        float,
        Field(
            description="The share of facts that are seen, 0 to 1: solids, sizes, places; a solid too many is one missed"
        ),
    ]
    report: Annotated[str, Field(description="What was seen, and what of the prompt was not; a line for each picture")]


class ScoreScene(Node):
    """Read a picture of coloured solids, without knowing the prompt, and count how much of the prompt it shows.

    Solids, colours, shapes, sizes and places are found by fitting rendered solids to the picture; nothing in it is
    learned. Right is the exact set of colours with their shapes, whatever their sizes and places; those count in what is
    met. A picture that is not clear, or of anything else, is read as nothing. Pictures of another size than 128 × 128 are
    brought to it first.
    """

    title = "Score scene"
    category = "solids"

    image: Annotated[Image, Field(description="The pictures; square")]
    prompt: Annotated[Multiline, Field(description="What they were to show, one to three solids")]

    def run(self, context: Context) -> SceneScore:
        """Read and count. Raises LoomError, in a sentence, for a prompt without solids and for pictures not square."""
        from nodes.ops.scenes import score_pictures
        from nodes.solids.prompts import remarks

        for remark in remarks(self.prompt):
            context.notice(remark, "prompt")
        with in_sentences():
            scores = score_pictures(self.image.pixels, self.prompt)
        return SceneScore(scores.right, scores.met, scores.report)
