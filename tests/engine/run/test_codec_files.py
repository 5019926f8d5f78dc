from pathlib import Path
from typing import Any

import orjson
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from safetensors import safe_open
from safetensors.torch import load as safetensors_load

from engine.run import codec

CLASSES = codec.Classes()
VALUE: Any = {"a": torch.arange(6, dtype=torch.int16).reshape(2, 3), "b": b"odd", "c": (torch.rand(2), 2**80)}


def built(header: Any, content: bytes = b"") -> bytes:
    head = header if isinstance(header, bytes) else orjson.dumps(header)
    return len(head).to_bytes(8, "little") + head + content


def test_any_safetensors_reader_reads_our_files(tmp_path: Path) -> None:
    path = tmp_path / "value.safetensors"
    codec.save(VALUE, path)
    with safe_open(path, framework="pt") as file:
        assert set(file.keys()) == {"0", "1", "2"}
        assert torch.equal(file.get_tensor("0"), VALUE["a"])
        assert torch.equal(file.get_tensor("2"), VALUE["c"][0])
        assert orjson.loads(file.metadata()["latentloom"])["b"] == {"$bytes": "1"}
    assert codec.digest(codec.load(path, CLASSES)) == codec.digest(VALUE)


def test_a_long_value_without_tensors_fits_too() -> None:
    value = list(range(100_000))
    data = codec.dumps(value)
    assert int.from_bytes(data[:8], "little") < 1000
    assert codec.loads(data, CLASSES) == value
    assert set(safetensors_load(data)) == {"json"}


def test_each_buffer_begins_where_its_elements_may() -> None:
    data = codec.dumps([b"x", torch.zeros(3, dtype=torch.float64), b"yz", torch.zeros(3, dtype=torch.int16)])
    length = int.from_bytes(data[:8], "little")
    assert length % 8 == 0
    header = orjson.loads(data[8 : 8 + length])
    assert header["1"]["data_offsets"][0] % 8 == 0
    assert header["3"]["data_offsets"][0] % 2 == 0


def test_more_buffers_than_a_file_may_hold_are_refused() -> None:
    with pytest.raises(codec.CodecError, match="too many"):
        codec.dumps([b""] * 50_001)


META = {"__metadata__": {"latentloom": '{"$bytes":"0"}'}}
ENTRY = {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "cut short"),
        (b"\0" * 7, "cut short"),
        ((1 << 62).to_bytes(8, "little") + b"{}", "cut short"),
        (built(b" " * (9 << 20)), "header has 9437184 bytes"),
        (built(b"{"), "not JSON"),
        (built([]), "not an object"),
        (built({}), "no 'latentloom'"),
        (built({"__metadata__": {"format": "pt"}}), "no 'latentloom'"),
        (built({"__metadata__": {"latentloom": "{"}}), "not JSON"),
        (built(META), "no buffer '0'"),
        (built(META | {"0": ENTRY}, b"x"), "cut short"),
        (built(META | {"0": ENTRY}, b"xyz"), "1 bytes follow"),
        (built(META | {"0": ENTRY | {"data_offsets": [1, 3]}}, b"xyz"), "gaps or overlap"),
        (built(META | {"0": ENTRY, "1": ENTRY}, b"xy"), "gaps or overlap"),
        (built(META | {"0": ENTRY | {"dtype": "X"}}, b"xy"), "unknown element type"),
        (built(META | {"0": ENTRY | {"shape": [3]}}, b"xy"), "asks for 3"),
        (built(META | {"0": ENTRY | {"shape": [-2]}}, b"xy"), "malformed"),
        (built(META | {"0": ENTRY | {"shape": [True, 2]}}, b"xy"), "malformed"),
        (built(META | {"0": ENTRY | {"data_offsets": [2, 0]}}, b"xy"), "malformed"),
        (built(META | {"0": 5}), "malformed"),
        (built(b'{"x":"' + b"data_offsets" * 50_001 + b'"}'), "more than 50000"),
        (built({"__metadata__": {"latentloom": "[" * 100_000}}), "not JSON"),
        (built({"__metadata__": {"latentloom": "[" * 300 + "]" * 300}}), "nested"),
    ],
)
def test_a_malformed_file_is_refused_in_words(data: bytes, words: str) -> None:
    with pytest.raises(codec.CodecError, match=words):
        codec.loads(data, CLASSES)


@pytest.mark.parametrize("shape", [[0, 2**63, 2**63], [0, 2**48, 2**48], [0] * 40])
def test_a_shape_that_no_tensor_can_have_is_refused(shape: list[int]) -> None:
    entry = {"dtype": "U8", "shape": shape, "data_offsets": [0, 0]}
    for tag in ("$tensor", "$array"):
        data = built({"__metadata__": {"latentloom": f'{{"{tag}":"0"}}'}, "0": entry})
        with pytest.raises(codec.CodecError, match=r"no tensor can have|can be made"):
            codec.loads(data, CLASSES)


def test_an_unaligned_file_of_another_writer_is_read() -> None:
    header = {
        "__metadata__": {"latentloom": '[{"$bytes":"0"},{"$tensor":"1"}]'},
        "0": {"dtype": "U8", "shape": [1], "data_offsets": [0, 1]},
        "1": {"dtype": "F32", "shape": [1], "data_offsets": [1, 5]},
    }
    value = codec.loads(built(header, b"x" + b"\0\0\x80\x3f"), CLASSES)
    assert value[0] == b"x"
    assert value[1].tolist() == [1.0]


@settings(max_examples=300, deadline=None)
@given(st.integers(0), st.integers(1, 255), st.booleans())
def test_a_damaged_file_is_refused_or_has_another_digest_or_is_still_the_same_value(
    at: int, flip: int, cut: bool
) -> None:
    data = bytearray(codec.dumps(VALUE))
    if cut:
        del data[at % len(data) :]
    else:
        data[at % len(data)] ^= flip
    try:
        packed = codec.parse(data)
        back = codec.unpack(packed.json, packed.buffers, CLASSES)
    except codec.CodecError:
        return
    assert not cut
    if codec.digest_of(packed) == codec.digest(VALUE):
        assert torch.equal(back["a"], VALUE["a"])
        assert torch.equal(back["c"][0], VALUE["c"][0])
        assert (back["b"], back["c"][1]) == (VALUE["b"], VALUE["c"][1])


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_noise_is_refused(data: bytes) -> None:
    with pytest.raises(codec.CodecError):
        codec.loads(data, CLASSES)
