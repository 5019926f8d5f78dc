"""Headers of safetensors files: what is right is read, what is wrong is named."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.numpy import save_file

from engine.store import safetensors_header
from engine.store.errors import WeightsError
from engine.store.safetensors_header import TensorPlace, read_header

Write = Callable[..., Path]


def tensor(dtype: str, shape: list[int], begin: int, end: int) -> dict[str, Any]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


def test_it_reads_what_the_library_wrote(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    arrays: dict[str, Any] = {
        "x": np.arange(6, dtype=np.float32).reshape(2, 3),
        "y": np.ones(5, np.uint8),
        "z": np.zeros(0),
    }
    save_file(arrays, str(path), metadata={"format": "pt"})
    header = read_header(path)
    content = path.read_bytes()
    assert header.metadata == {"format": "pt"}
    assert header.size == len(content)
    assert {name: place.shape for name, place in header.tensors.items()} == {"x": (2, 3), "y": (5,), "z": (0,)}
    for name, place in header.tensors.items():
        assert content[place.begin : place.end] == arrays[name].tobytes()


def test_a_file_that_is_cut_short_is_said_to_be(weights: Write) -> None:
    path = weights("m.safetensors")
    whole = path.read_bytes()
    for length in (0, 7, 8, 40, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(WeightsError, match=r"m\.safetensors is cut short: .*; fetch it again$"):
            read_header(path)


BAD = {
    "is not a safetensors file": (["a"], b""),
    "lacks dtype, shape or data_offsets": ({"a": {"dtype": "F32"}}, b""),
    "impossible shape or place": ({"a": tensor("F32", [-1], 0, 4)}, bytes(4)),
    "tensor 'a' has an impossible": ({"a": tensor("F32", [1], 8, 4)}, bytes(8)),
    "tensor 'b' has an impossible": ({"b": {**tensor("F32", [1], 0, 4), "dtype": 7}}, bytes(4)),
    "tensor 's' has an impossible": ({"s": {**tensor("F32", [1], 0, 4), "shape": "4"}}, bytes(4)),
    "tensor 't' has an impossible": ({"t": tensor("F32", [True], 0, 4)}, bytes(4)),
    "is F32 \\[2\\], which is not its 4 bytes": ({"a": tensor("F32", [2], 0, 4)}, bytes(4)),
    "leaves a gap": ({"a": tensor("U8", [1], 0, 1), "b": tensor("U8", [1], 2, 3)}, bytes(3)),
    "overlaps another": ({"a": tensor("U8", [2], 0, 2), "b": tensor("U8", [2], 1, 3)}, bytes(3)),
    "5 bytes follow its last tensor": ({"a": tensor("U8", [1], 0, 1)}, bytes(6)),
    "is damaged: its header is not JSON": (b"{'a': 1}", b""),
}


@pytest.mark.parametrize("sentence", BAD)
def test_a_malformed_header_is_refused_with_what_is_wrong(sentence: str, raw_weights: Write) -> None:
    with pytest.raises(WeightsError, match=sentence):
        read_header(raw_weights(*BAD[sentence]))


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04" + bytes(60), "zip archive"),
        (b"\x80\x02}q\x00" + bytes(60), "a pickle"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00", "Git LFS's pointer"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (bytes([255] * 64), "is not a safetensors file"),
    ],
)
def test_a_file_of_another_kind_is_named(content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    path.write_bytes(content)
    with pytest.raises(WeightsError, match=sentence):
        read_header(path)


def test_the_caps_on_header_and_tensors_hold(raw_weights: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (safetensors_header.HEADER_CAP, safetensors_header.TENSOR_CAP) == (8 << 20, 50_000)
    monkeypatch.setattr(safetensors_header, "TENSOR_CAP", 3)
    monkeypatch.setattr(safetensors_header, "HEADER_CAP", 500)
    empty = tensor("U8", [0], 0, 0)
    assert len(read_header(raw_weights({str(n): empty for n in range(3)})).tensors) == 3
    with pytest.raises(WeightsError, match=r"has 4 tensors; 3 are read at most"):
        read_header(raw_weights({str(n): empty for n in range(4)}))
    assert read_header(raw_weights(b"{}".ljust(500))).tensors == {}
    with pytest.raises(WeightsError, match=r"has a header of 501 bytes; 500 are read at most"):
        read_header(raw_weights(b"{}".ljust(501)))


@pytest.mark.parametrize("length", [0x3C, 0x280])
def test_a_header_whose_length_looks_like_another_files_beginning_is_read(length: int, raw_weights: Write) -> None:
    path = raw_weights(b"{}".ljust(length))
    assert path.read_bytes()[:2] in (b"<\0", b"\x80\x02")
    assert read_header(path).tensors == {}


def test_a_type_that_came_later_is_taken_as_it_is(raw_weights: Write) -> None:
    header = read_header(raw_weights({"a": tensor("F4", [3], 0, 2)}, bytes(2)))
    (place,) = header.tensors.values()
    assert (place.dtype, place.shape, place.end - place.begin) == ("F4", (3,), 2)
    assert isinstance(place, TensorPlace)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(position=st.integers(0, 200), value=st.integers(0, 255))
def test_any_byte_may_be_wrong_and_it_ends_in_a_sentence(weights: Write, position: int, value: int) -> None:
    path = weights("m.safetensors")
    content = bytearray(path.read_bytes())
    content[position] = value
    path.write_bytes(content)
    try:
        header = read_header(path)
    except WeightsError as error:
        assert str(path) in str(error)  # noqa: PT017
        return
    if any(place.dtype not in ("F16", "F32") for place in header.tensors.values()):
        return  # a type that we don't know may be one of a later library
    with safe_open(str(path), framework="numpy") as file:
        assert set(file.keys()) == set(header.tensors)
