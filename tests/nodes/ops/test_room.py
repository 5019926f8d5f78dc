from collections.abc import Callable
from typing import Any

import pytest
import torch
from generators import finished

import nodes
from engine.graph.faults import LoomError
from nodes.ops.latents import decode, encode
from nodes.ops.room import check_room
from nodes.ops.sampling import sample
from nodes.types import Image, Latent


@pytest.fixture
def little_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nodes.ops.room.available_memory", lambda: 100_000_000)


@pytest.mark.usefixtures("little_memory")
def test_what_fits_is_left_alone_and_an_accelerator_answers_for_itself() -> None:
    check_room(100_000_000, torch.device("cpu"), "this")
    check_room(10**15, torch.device("cuda"), "this")
    with pytest.raises(ValueError, match=r"^this takes about 100 MB of memory, and 100 MB are free"):
        check_room(100_000_001, torch.device("cpu"), "this")


@pytest.mark.usefixtures("little_memory")
def test_a_latent_too_large_to_sample_is_refused_before_it_is_made(gaussian: Any) -> None:
    huge = Latent(gaussian.space, 16384, 16384, 256)
    with pytest.raises(ValueError, match=r"^sampling 256 × 16384 × 16384 pixels takes about 137 GB"):
        next(sample(gaussian, gaussian.about(0.5), None, huge))


@pytest.mark.usefixtures("little_memory")
def test_pictures_too_large_to_decode_or_encode_are_refused(tiny_parts: Callable[..., dict[str, Any]]) -> None:
    vae = tiny_parts()["vae"]
    many = Latent(vae.space, 4096, 4096, 64, torch.zeros(()).expand(64, 4, 2048, 2048))
    with pytest.raises(ValueError, match=r"^decoding 64 × 4096 × 4096 pixels takes about 38\.7 GB"):
        decode(vae, many)
    large = Latent(vae.space, 1024, 1024, 1, torch.zeros(1, 4, 512, 512))
    with pytest.raises(ValueError, match=r"^decoding 1024 × 1024 pixels at once takes"):
        decode(vae, large)
    with pytest.raises(ValueError, match=r"^encoding 1024 × 1024 pixels at once takes"):
        encode(vae, Image(torch.zeros(1, 1024, 1024, 3)))


@pytest.mark.usefixtures("little_memory")
def test_pictures_and_masks_too_large_to_make_are_refused_by_the_node_that_is_asked_for_them() -> None:
    dot, many = Image(torch.zeros(1, 1, 1, 3)), Image(torch.zeros(()).expand(1000, 64, 64, 3))
    for node, told in (
        (nodes.ImagePad(image=dot, left=8192, bottom=8191), "padding to 1 × 8193 × 8192 pixels takes about 2.01 GB"),
        (
            nodes.ImageResize(image=dot, width=8192, fit="stretch"),
            "resizing to 1 × 8192 × 8192 pixels takes about 3.22 GB",
        ),
        (nodes.ImageResize(image=many, width=128), "resizing to 1000 × 128 × 128 pixels takes about 786 MB"),
        (nodes.MaskFromShapes(width=16384, height=16384), "a mask of 1 × 16384 × 16384 pixels takes about 6.44 GB"),
    ):
        with pytest.raises(LoomError, match=f"^{told} of memory, and 100 MB are free"):
            node.run()
    with pytest.raises(LoomError, match=r"^resizing to 1 × 8192 × 8192 pixels"):
        finished(nodes.Upscale(image=Image(torch.zeros(1, 512, 512, 3)), scale=16.0).run(None))  # type: ignore[arg-type]
    assert nodes.ImagePad(image=dot, left=800).run().image.pixels.shape == (1, 1, 801, 3)
