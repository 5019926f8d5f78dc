import contextlib
import struct
import subprocess
import sys
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

import nodes.types as types
from engine.run import codec

DTYPES = (
    torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16,
    torch.int8, torch.uint8, torch.uint16, torch.uint32, torch.uint64, torch.bool,
    torch.complex64, torch.complex128, torch.float8_e4m3fn, torch.float8_e5m2,
)  # fmt: skip


@dataclass(frozen=True)
class Pair:
    left: Any
    right: Any = None


@dataclass(frozen=True)
class Doubled:
    number: int
    twice: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        if self.number < 0:
            raise ValueError("number must not be negative")
        object.__setattr__(self, "twice", 2 * self.number)


CLASSES = codec.Classes([Pair, Doubled])
CLASSES.add_module(types)


@st.composite
def tensors(draw: st.DrawFn) -> torch.Tensor:
    shape = draw(st.lists(st.integers(0, 3), max_size=4))
    octets = draw(st.binary(min_size=1, max_size=64))
    dtype = draw(st.sampled_from(DTYPES))
    raw = torch.frombuffer(bytearray((octets * 1024)[: 81 * 16]), dtype=torch.uint8)
    if dtype is torch.bool:
        raw = raw % 2
    count = int(numpy.prod(shape))
    tensor = raw.view(dtype)[:count].reshape(shape)
    if draw(st.booleans()) and tensor.dim() > 1:
        tensor = tensor.transpose(0, 1)
    return tensor


ARRAYS = st.builds(
    lambda dtype, shape, big: numpy.arange(numpy.prod(shape, dtype=int)).reshape(shape).astype(big + dtype),
    st.sampled_from(("f8", "f4", "f2", "i8", "i4", "u2", "i1", "c8", "c16")),
    st.lists(st.integers(0, 3), max_size=3),
    st.sampled_from("<>"),
)
NAN = struct.unpack(">d", bytes.fromhex("7ff80000deadbeef"))[0]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.integers(-(2**70), 2**70) | st.floats() | st.just(NAN)
    | st.text() | st.text(st.characters(categories=["Cs"])) | st.binary(max_size=20)
)  # fmt: skip
KEYS = st.text(max_size=5) | st.sampled_from(["$tuple", "$", "$$x", "$class", "fields"])
VALUES = st.recursive(
    SCALARS | tensors() | ARRAYS | st.builds(Doubled, st.integers(0)),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=3)
        | st.builds(Pair, inner, inner)
    ),
    max_leaves=8,
)


def same(one: Any, other: Any) -> bool:
    """Equal in type, structure and bits, decided without the codec."""
    if type(one) is not type(other):
        return False
    if isinstance(one, float):
        return struct.pack("d", one) == struct.pack("d", other)
    if isinstance(one, torch.Tensor):
        if one.dtype != other.dtype or one.shape != other.shape:
            return False
        views = [part.contiguous().reshape(-1).view(torch.uint8) for part in (one, other)]
        return torch.equal(*views)
    if isinstance(one, numpy.ndarray):
        little = [part.astype(part.dtype.newbyteorder("<")) for part in (one, other)]
        return little[0].dtype == little[1].dtype and one.shape == other.shape and len(set(map(_bytes, little))) == 1
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(map(same, one.values(), other.values()))
    if isinstance(one, Pair):
        return same(one.left, other.left) and same(one.right, other.right)
    return bool(one == other)


def _bytes(array: Any) -> bytes:
    return bytes(array.tobytes())


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_what_is_packed_and_unpacked_is_the_same_bit_for_bit(value: Any) -> None:
    packed = codec.pack(value)
    back = codec.unpack(packed.json, packed.buffers, CLASSES)
    assert same(back, value)
    assert codec.digest(back) == codec.digest(value) == codec.digest_of(packed)


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_a_value_returns_from_its_file_the_same_and_the_file_is_the_same_again(value: Any) -> None:
    data = codec.dumps(value)
    back = codec.loads(data, CLASSES)
    assert same(back, value)
    assert codec.digest_of(codec.parse(data)) == codec.digest(value)
    assert codec.dumps(back) == data


@settings(max_examples=200, deadline=None)
@given(VALUES, VALUES)
def test_two_values_have_one_digest_only_if_they_are_the_same(one: Any, other: Any) -> None:
    assert (codec.digest(one) == codec.digest(other)) is same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0), (1, True), (1, "1"), (0.0, -0.0), ([1], (1,)), ({}, []), ("", b""), (None, "null"),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([[1], 2], [[1, 2]]), (2**64, "0x10000000000000000"),
        (torch.zeros(2, 3), torch.zeros(3, 2)), (torch.zeros(1), torch.zeros(1, dtype=torch.int32)),
        (torch.zeros(2), numpy.zeros(2, "f4")), ({"$tuple": [1]}, (1,)),
        (Pair(1, 2), {"left": 1, "right": 2}),
        ([torch.ones(1), torch.zeros(1)], [torch.zeros(1), torch.ones(1)]),
    ],
)  # fmt: skip
def test_what_differs_in_kind_or_order_has_another_digest(one: Any, other: Any) -> None:
    assert codec.digest(one) != codec.digest(other)


def test_a_digest_is_thirty_two_hex_digits_and_stays_what_it_was() -> None:
    from blake3 import blake3

    assert codec.digest("cat") == blake3(b'"cat"').hexdigest()[:32]
    assert codec.digest([1, None]) == blake3(b"[1,null]").hexdigest()[:32]


def test_the_value_types_of_the_node_library_travel_whole() -> None:
    space = types.LatentSpace("sd", 4, 8)
    mask = types.Mask(torch.rand(1, 8, 8))
    entry = types.ConditioningEntry(MappingProxyType({"context": torch.rand(1, 7, 16)}), mask=mask)
    value = (
        types.Latent(space, 64, 64, samples=torch.rand(1, 4, 8, 8), mask=mask),
        types.Conditioning("sd", (entry,)),
        types.Model("f" * 64, "unet", "sd", space, patches=(types.Patch("lora", "a", 0.5),)),
        types.Image(torch.rand(1, 2, 2, 3)),
    )
    back = codec.loads(codec.dumps(value), CLASSES)
    assert codec.digest(back) == codec.digest(value)
    assert back[2] == value[2]
    assert torch.equal(back[1].entries[0].tensors["context"], entry.tensors["context"])


@pytest.mark.parametrize(
    "tensor", [torch.zeros(3, 0, 2), torch.tensor(5), torch.zeros(1).expand(4), torch.eye(3).conj()]
)
def test_odd_tensors_travel(tensor: torch.Tensor) -> None:
    back = codec.loads(codec.dumps(tensor), CLASSES)
    assert back.shape == tensor.shape
    assert torch.equal(back, tensor)


def test_a_conjugated_tensor_travels_as_what_it_shows() -> None:
    tensor = torch.tensor([1 + 2j, 3 - 1j]).conj()
    assert torch.equal(codec.loads(codec.dumps(tensor), CLASSES), tensor)
    assert torch.equal(codec.loads(codec.dumps(tensor.imag), CLASSES), tensor.imag)


class Named(NamedTuple):
    x: int


@dataclass
class Loose:
    x: int


@dataclass(frozen=True)
class Stranger:
    x: int


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (Named(1), "Named"),
        ({1, 2}, "set"),
        (Loose(1), "Loose"),
        (Stranger(1), "Stranger is not registered"),
        ({1: 2}, "must be text"),
        (torch.zeros(1, requires_grad=True), "requires grad"),
        (torch.zeros(1, dtype=torch.complex64, requires_grad=True), "requires grad"),
        (torch.zeros(2, 2).to_sparse(), "dense"),
        (torch.zeros(2, device="meta"), "meta"),
        (torch.zeros(2, 2, dtype=torch.complex64).to_sparse(), "dense"),
        (torch.zeros(2, dtype=torch.complex64, device="meta"), "meta"),
        (numpy.array(["a"]), "cannot be packed"),
        (numpy.float32(1), "numpy.float32"),
        (bytearray(b"x"), "bytearray"),
        (1 + 2j, "complex"),
    ],
)
def test_what_cannot_travel_is_refused_in_words_that_say_where(value: Any, words: str) -> None:
    with pytest.raises(TypeError, match=words):
        codec.pack(value)
    with pytest.raises(TypeError, match=r"value\.left\['deep'\]\[0\]: "):
        codec.digest(Pair({"deep": [value]}))


def test_endless_nesting_is_refused() -> None:
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(TypeError, match="nested"):
        codec.digest(loop)


def test_the_deepest_value_that_packs_also_returns_from_its_file() -> None:
    value: Any = 1
    for _ in range(64):
        value = Pair(value)
    assert codec.digest(codec.loads(codec.dumps(value), CLASSES)) == codec.digest(value)
    with pytest.raises(TypeError, match="nested"):
        codec.pack(Pair(value))


def test_a_pack_names_its_classes_and_two_classes_never_share_a_name() -> None:
    @dataclass(frozen=True)
    class Mine:
        x: int

    first = Mine

    @dataclass(frozen=True)
    class Mine:  # type: ignore[no-redef]
        y: int

    classes = codec.Classes([first], pack="blur")
    assert codec.pack(first(1)).json == {"$class": "blur:Mine", "fields": {"x": 1}}
    with pytest.raises(ValueError, match="two classes are named blur:Mine"):
        classes.add(Mine, pack="blur")
    with pytest.raises(ValueError, match="already known as blur:Mine"):
        codec.Classes([first])
    with pytest.raises(TypeError, match="not a frozen dataclass"):
        classes.add(Loose)


@pytest.mark.parametrize(
    ("json", "words"),
    [
        ({"$class": "Cat", "fields": {}}, "no class 'Cat'.*Pair"),
        ({"$class": "Pair", "fields": {"left": 1}}, "lacks right"),
        ({"$class": "Pair", "fields": {"left": 1, "right": 2, "tail": 3}}, "has no tail"),
        ({"$class": "Doubled", "fields": {"number": -1}}, "must not be negative"),
        ({"$class": "Pair"}, "do not belong together"),
        ({"$tuple": [1], "x": 1}, "do not belong together"),
        ({"$tensor": "7"}, "no buffer '7'"),
        ({"$object": "os.system"}, "nothing that is packed"),
        ({"$int": "ten"}, "is no int"),
        ({"$float": "00"}, "is no float"),
        ({"$text": "ff"}, "is no text"),
        ({"$complex": {"$bytes": "0"}}, "nothing that is packed"),
        ({"$complex": {"$tensor": "0"}}, "pairs of floats"),
        ({"$bytes": "1"}, "bytes are U8"),
    ],
)
def test_what_pack_never_wrote_is_refused(json: Any, words: str) -> None:
    buffers = {
        "0": codec.Buffer("U8", (1,), memoryview(b"x")),
        "1": codec.Buffer("F32", (1,), memoryview(b"abcd")),
    }
    with pytest.raises(codec.CodecError, match=words):
        codec.unpack(json, buffers, CLASSES)


TAGS = ["$class", "fields", "$tensor", "$array", "$bytes", "$complex", "$int", "$float", "$text", "$tuple", "x"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=3) | st.sampled_from(["0", "1", "Pair"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(TAGS),
            inner,
            max_size=2,
        )
    ),
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(JSON)
def test_any_json_is_a_value_or_refused_in_words(json: Any) -> None:
    buffers = {
        "0": codec.Buffer("F16", (2,), memoryview(b"abcd")),
        "1": codec.Buffer("BF16", (1, 2), memoryview(b"abcd")),
    }
    with contextlib.suppress(codec.CodecError):
        codec.digest(codec.unpack(json, buffers, CLASSES))


def test_a_buffer_that_contradicts_itself_is_refused() -> None:
    for buffer in (
        codec.Buffer("F32", (2,), memoryview(b"abcd")),
        codec.Buffer("Q4", (1,), memoryview(b"abcd")),
    ):
        with pytest.raises(codec.CodecError, match="buffer '0'"):
            codec.unpack({"$tensor": "0"}, {"0": buffer}, CLASSES)


def test_packing_copies_no_tensor_and_neither_does_a_writable_file() -> None:
    tensor = torch.zeros(4)
    packed = codec.pack(tensor)
    tensor[0] = 1
    assert bytes(packed.buffers["0"].data[:4]) == struct.pack("<f", 1)
    data = bytearray(codec.dumps(tensor))
    back = codec.loads(data, CLASSES)
    data[-4:] = struct.pack("<f", 7)
    assert back.tolist() == [1, 0, 0, 7]


def test_weights_count_content_and_objects() -> None:
    assert codec.nbytes(torch.zeros(1000)) == 4064
    assert codec.nbytes(Pair("x" * 100, [b"y" * 50])) == 150 + 4 * 64


def test_tensors_are_exchanged_and_what_has_none_stays_the_same_object() -> None:
    value = Pair([torch.ones(2)], {"a": (1, 2)})
    changed = codec.map_tensors(value, lambda tensor: tensor * 2)
    assert changed.left[0].tolist() == [2, 2]
    assert changed.right is value.right
    assert codec.to_host(value) is value
    assert not codec.on_device(value)
    assert codec.on_device((1, [torch.zeros(1, device="meta")]))


def test_a_detached_value_has_no_tape() -> None:
    value = codec.detach((torch.ones(1, requires_grad=True) * 2, 3))
    assert not value[0].requires_grad
    assert codec.digest(value) == codec.digest((torch.tensor([2.0]), 3))


def test_a_slice_that_would_keep_its_whole_batch_alive_is_copied_out() -> None:
    batch = torch.zeros(8, 1 << 18)
    small, whole = codec.compact((batch[3], batch))
    assert small.untyped_storage().nbytes() == small.nbytes
    assert whole is batch


def test_the_codec_imports_neither_torch_nor_numpy_and_still_packs() -> None:
    program = (
        "import sys; from engine.run import codec; codec.digest({'a': [1, b'x']}); "
        "assert not {'torch', 'numpy', 'pickle', 'pydantic', 'networkx'} & set(sys.modules), 'heavy import'"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
