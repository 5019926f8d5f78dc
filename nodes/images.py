"""Nodes that bring pictures in and out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, Generic, Literal, NamedTuple, TypeVar

from pydantic import Field

from engine.graph.faults import LoomError
from engine.graph.node import Artifact, Context, Facts, Mismatch, Node
from engine.graph.values import File, Folder
from nodes.picture_files import PICTURES, check_picture, check_pictures
from nodes.types import Image, Mask

T = TypeVar("T")
_FILE_NAME = re.compile(r"(?!\.)[^/\\:*?\"<>|\x00-\x1f\x7f]{1,100}")


class LoadedImage(NamedTuple):
    """What LoadImage gives."""

    image: Annotated[Image, Field(description="The picture; with a fourth channel where the file has transparency")]
    mask: Annotated[Mask, Field(description="1 where the file is transparent, 0 where it is opaque")]


class LoadImage(Node):
    """Read one picture from a PNG, JPEG or WebP file.

    It is turned as its EXIF orientation says and brought to sRGB. What is transparent in it becomes the mask: 1 (change)
    where nothing is seen, 0 (keep) where the picture is opaque, and 0 everywhere if the file has no transparency. Of an
    animation the first frame is read. At most 64 million pixels.
    """

    title = "Load image"
    category = "image"
    peers = ("LoadImage",)

    file: Annotated[File, Field(description="The picture file")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Nothing; what is known to be no picture is refused."""
        check_picture(inputs, "file")
        return {}

    def run(self, context: Context) -> LoadedImage:
        """Read the file. Raises PictureError, in a sentence."""
        from nodes.ops.files import read_picture

        picture = read_picture(context.path(self.file), self.file.name)
        for notice in picture.notices:
            context.notice(notice, "file")
        return LoadedImage(Image(picture.pixels), Mask(picture.mask))


class LoadedImages(NamedTuple):
    """What LoadImages gives."""

    image: Annotated[list[Image], Field(description="The pictures, one by one, in the order of their names")]
    name: Annotated[list[str], Field(description="The files' names, without folder and extension, in the same order")]


class LoadImages(Node):
    """Read all pictures of a folder and of the folders in it, as a list in the order of their names.

    Each is read as LoadImage reads it. Files that are no PNG, JPEG or WebP are passed over, with a notice.
    """

    title = "Load images"
    category = "image"
    peers = ("LoadImagesFromFolder", "LoadImageSetFromFolderNode")

    folder: Annotated[Folder, Field(description="The folder of pictures")]

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Nothing; a folder that is known to hold no picture is refused."""
        check_pictures(inputs, "folder")
        return {}

    def run(self, context: Context) -> LoadedImages:
        """Read the files. Raises PictureError, in a sentence, for a picture that is damaged."""
        from engine.store.folders import files_under
        from nodes.ops.files import read_picture

        images, names, skipped = [], [], []
        for name, path in files_under(context.path(self.folder)):
            if path.suffix.lower() not in PICTURES:
                skipped.append(name)
                continue
            picture = read_picture(path, name)
            images.append(Image(picture.pixels))
            names.append(path.stem)
            for notice in picture.notices:
                context.notice(notice, "folder")
        if skipped:
            context.notice(_passed_over(skipped), "folder")
        if not images:
            context.notice(f"there is no PNG, JPEG or WebP picture in '{self.folder.name}'", "folder")
        return LoadedImages(images, names)


class SaveImage(Node):
    """Write pictures into the output folder, each with the workflow that made it inside.

    Files are numbered and never overwritten: `NAME_00001.png`. PNG and WebP keep every pixel as it is; JPEG is smaller,
    not exact, and has no transparency.
    """

    title = "Save image"
    category = "image"
    output = True
    peers = ("SaveImage",)

    image: Annotated[Image, Field(description="The pictures; every image of a batch becomes a file")]
    name: Annotated[str | None, Field(description="What the files are called; by default, as this node")] = None
    format: Annotated[Literal["png", "webp", "jpeg"], Field(description="The kind of file")] = "png"

    @classmethod
    def infer(cls, inputs: Mapping[str, Any]) -> Mapping[str, Facts]:
        """Refuse a name that is none, before anything runs."""
        name = inputs.get("name", {}).get("value")
        if isinstance(name, str) and (wrong := _wrong_name(name)):
            raise Mismatch("name", wrong)
        return {}

    def run(self) -> Artifact:
        """Hand the pictures to the host, which writes them."""
        if self.name is not None and (wrong := _wrong_name(self.name)):
            raise LoomError(wrong)
        return Artifact(self.image, self.name, self.format)


class Preview(Generic[T], Node):
    """Show a value among the results: a picture, a mask, a text, a number, anything.

    Pictures and masks become PNG files, texts and numbers are told as they are, other values are stored as safetensors.
    """

    category = "image"
    output = True
    peers = ("PreviewImage", "PreviewAny")

    value: Annotated[T, Field(description="What to show")]

    def run(self) -> Artifact:
        """Hand the value to the host, which shows it."""
        return Artifact(self.value)


def _wrong_name(name: str) -> str | None:
    if _FILE_NAME.fullmatch(name) and name == name.strip():
        return None
    return (
        f"input 'name' is {name[:100]!r}; a file's name has 1 to 100 characters, "
        'does not begin with a dot, and has none of / \\ : * ? " < > |'
    )


def _passed_over(names: list[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:5])
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"passed over what is no PNG, JPEG or WebP: {shown}{more}"
