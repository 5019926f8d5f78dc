"""Whether there is memory for what is about to be made, asked first: a system that runs out of RAM ends the program."""

from __future__ import annotations

import torch

from engine.run.models.host import available_memory
from engine.run.models.tier import in_words


def check_room(nbytes: int, device: torch.device, what: str) -> None:
    """Raise ValueError, in a sentence that begins with `what`, where that many bytes of RAM are not free.

    An accelerator says so itself when it runs out, and harms nobody else.
    """
    if device.type == "cpu" and nbytes > (free := available_memory()):
        raise ValueError(
            f"{what} takes about {in_words(nbytes)} of memory, and {in_words(free)} are free; make the picture or the"
            " batch smaller"
        )


def check_pictures(doing: str, pictures: tuple[int, int, int, int], device: torch.device, copies: float = 1) -> None:
    """`check_room` for float32 pictures of this shape (B, H, W, C), so many `copies` of which are there at once.

    `doing` begins the sentence: "resizing to".
    """
    batch, height, width, channels = pictures
    check_room(
        round(batch * height * width * channels * 4 * copies), device, f"{doing} {batch} × {width} × {height} pixels"
    )
