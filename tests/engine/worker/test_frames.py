import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.worker.frames import HEADER_BYTES, BadFrame, Frame, encode, read

TEXT = st.text("ab\0é😀", max_size=3)
ATOMS = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.sampled_from([0.1, -0.0, 1e308]) | TEXT
MESSAGES = st.dictionaries(TEXT, ATOMS | st.lists(ATOMS, max_size=2), max_size=3)
BUFFERS = st.lists(st.binary(max_size=9), max_size=3)


@given(st.lists(st.tuples(MESSAGES, BUFFERS), max_size=3))
def test_what_is_sent_arrives_frame_by_frame(sent):
    stream = io.BytesIO(b"".join(encode(message, buffers) for message, buffers in sent))

    for message, buffers in sent:
        assert read(stream) == Frame(message, tuple(buffers))
    assert read(stream) is None


@given(MESSAGES, BUFFERS, st.data())
def test_a_stream_that_is_cut_anywhere_is_at_its_end(message, buffers, data):
    whole = encode(message, buffers)
    cut = data.draw(st.integers(0, len(whole) - 1))

    assert read(io.BytesIO(whole[:cut])) is None


@pytest.mark.parametrize(
    "head",
    [b"{", b"[]", b'{"buffers": 3}', b'{"buffers": [-1]}', b'{"buffers": [true]}', b'{"buffers": [9999999999999]}'],
)
def test_what_is_no_message_is_refused(head):
    with pytest.raises(BadFrame):
        read(io.BytesIO(len(head).to_bytes(4, "little") + head + b"more"))


def test_a_length_that_no_message_has_is_refused_before_anything_is_read():
    with pytest.raises(BadFrame, match="larger"):
        read(io.BytesIO((HEADER_BYTES + 1).to_bytes(4, "little")))
