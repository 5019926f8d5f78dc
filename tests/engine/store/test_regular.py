import os
import socket
from pathlib import Path

import pytest

from engine.store.regular import read_regular


def test_a_plain_file_is_read_whole_and_one_over_the_cap_is_not(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")

    assert read_regular(tmp_path / "a", 5) == b"12345"
    with pytest.raises(OSError, match="it has 5 bytes; 4 are read at most"):
        read_regular(tmp_path / "a", 4)


def test_what_is_no_plain_file_is_refused_before_it_is_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    with socket.socket(socket.AF_UNIX) as end:
        end.bind(str(tmp_path / "socket"))

    for path, words in {
        tmp_path: "it is a folder",
        tmp_path / "pipe": "it is a pipe",
        tmp_path / "socket": "it is a socket",
        tmp_path / "link": "it is a device",
    }.items():
        with pytest.raises(OSError, match=words):
            read_regular(path)
