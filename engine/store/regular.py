"""Files that a person names, read whole: plain files only, and none that would fill the memory.

A device never ends and a pipe may never begin; what a program writes is read from standard input.
"""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EFBIG, EINVAL, EISDIR
from pathlib import Path
from typing import BinaryIO

FILE_BYTES = 512 << 20
_KINDS = (
    (stat.S_ISDIR, EISDIR, "it is a folder"),
    (stat.S_ISFIFO, EINVAL, "it is a pipe, not a file"),
    (stat.S_ISSOCK, EINVAL, "it is a socket, not a file"),
    (stat.S_ISCHR, EINVAL, "it is a device, not a file"),
    (stat.S_ISBLK, EINVAL, "it is a device, not a file"),
)


@contextmanager
def open_regular(path: Path, most: int = FILE_BYTES) -> Iterator[BinaryIO]:
    """A plain file of at most `most` bytes, open for reading.

    Raises OSError, whose `strerror` is a sentence, for whatever else bears that name, before it is opened. Raises
    ValueError for a name with a NUL.
    """
    status = path.stat()
    for is_it, number, words in _KINDS:
        if is_it(status.st_mode):
            raise OSError(number, words, str(path))
    if status.st_size > most:
        raise OSError(EFBIG, f"it has {status.st_size:,} bytes; {most:,} are read at most", str(path))
    with path.open("rb") as file:
        yield file


def read_regular(path: Path, most: int = FILE_BYTES) -> bytes:
    """The bytes of such a file. Raises as `open_regular`."""
    with open_regular(path, most) as file:
        return file.read(most)
