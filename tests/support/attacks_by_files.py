"""Attacks by uploads that are not what they seem, or too much of it."""

from __future__ import annotations

import io
import os
import struct
import zlib

from attacking import Attack, request
from PIL import Image


def bad_files() -> list[Attack]:
    """Uploads that are not what they seem, or too much."""

    def png(*chunks: tuple[bytes, bytes]) -> bytes:
        whole = (len(data).to_bytes(4) + name + data + zlib.crc32(name + data).to_bytes(4) for name, data in chunks)
        return b"\x89PNG\r\n\x1a\n" + b"".join(whole)

    def size(width: int, height: int, bits: int = 8) -> tuple[bytes, bytes]:
        return b"IHDR", struct.pack(">IIBB", width, height, bits, 2 if bits == 8 else 0) + b"\0\0\0"

    def pixels(*extra: tuple[bytes, bytes]) -> bytes:
        return png(size(1, 1), *extra, (b"IDAT", zlib.compress(b"\0abc")), (b"IEND", b""))

    def weights(header: bytes, length: int | None = None) -> bytes:
        return (len(header) if length is None else length).to_bytes(8, "little") + header

    overlapping = (
        b'{"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[4],"data_offsets":[2,6]}}'
    )
    huge = b'{"a":{"dtype":"F32","shape":[1000000000,1000],"data_offsets":[0,4000000000000]}}'
    gif = io.BytesIO()
    Image.new("L", (2, 2)).save(gif, "GIF")
    whole, tiff = io.BytesIO(), io.BytesIO()
    Image.effect_noise((40, 40), 50).save(whole, "PNG")
    Image.new("L", (2, 2)).save(tiff, "TIFF")
    files: dict[str, tuple[str, bytes, tuple[int, ...]]] = {
        "3.6 billion pixels in a header": (
            "bomb.png",
            png(size(60_000, 60_000), (b"IDAT", zlib.compress(b"\0")), (b"IEND", b"")),
            (422,),
        ),
        "144 million pixels that are all there": (
            "bomb.png",
            png(size(12_000, 12_000, 1), (b"IDAT", zlib.compress(bytes(12_000 * 1501), 1)), (b"IEND", b"")),
            (422,),
        ),
        "no pixels": ("none.png", png(size(0, 0), (b"IEND", b"")), (422,)),
        "a text that unpacks to 200 MB": (
            "text.png",
            pixels((b"zTXt", b"a\0\0" + zlib.compress(bytes(200_000_000), 9))),
            (422,),
        ),
        "a damaged chunk": ("crc.png", pixels()[:-20] + b"\0" * 20, (422,)),
        "a chunk that promises 2 GB": ("length.png", png(size(1, 1))[:-4] + b"\x7f\xff\xff\xffIDAT", (422,)),
        "half a picture": ("half.png", whole.getvalue()[:400], (422,)),
        "a signature alone": ("none.png", b"\x89PNG\r\n\x1a\n", (422,)),
        "half a JPEG": ("half.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF", (422,)),
        "a WebP that is none": ("none.webp", b"RIFF\xff\xff\xff\xffWEBPVP8 ", (422,)),
        "an SVG": ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", (415,)),
        "a page named as a picture": ("page.png", b"<!doctype html><script>alert(1)</script>", (415,)),
        "a GIF": ("moving.gif", gif.getvalue(), (415,)),
        "a TIFF": ("scan.tiff", tiff.getvalue(), (415,)),
        "PostScript": ("run.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n", (415,)),
        "a program": ("run.bin", b"\x7fELF" + bytes(100), (415,)),
        "a pickle": ("weights.pt", b"\x80\x04\x95" + bytes(20), (415,)),
        "a pickle named safetensors": ("weights.safetensors", b"\x80\x02}q\x00." + bytes(20), (422,)),
        "a zip named safetensors": ("weights.safetensors", b"PK\x03\x04" + bytes(100), (422,)),
        "a header of 1 TB": ("weights.safetensors", weights(b"{}" + bytes(100), 1 << 40), (422,)),
        "a header of 16 MB promised": ("weights.safetensors", weights(b"{" + b" " * 100, 16 << 20), (422,)),
        "a header that is no JSON": ("weights.safetensors", weights(b"{" + b"[" * 5000), (422,)),
        "tensors that overlap": ("weights.safetensors", weights(overlapping) + bytes(6), (422,)),
        "a tensor of 4 TB": ("weights.safetensors", weights(huge) + bytes(6), (422,)),
        "text with a NUL": ("table.csv", b"a\0b", (415,)),
        "text that is no UTF-8": ("table.csv", b"\xff\xfe\xfd", (415,)),
        "nothing": ("none.png", b" " * 0 + b"", (400, 415, 422)),
        "4 MB where 3 are taken": ("large.bin", bytes(4_000_000), (413,)),
    }
    stream = {"Content-Type": "application/octet-stream"}
    chunked = b"10000\r\n" + bytes(0x10000) + b"\r\n"
    return [
        *(
            Attack("file", name, request("POST", f"/api/assets?name={called}", stream, body), wanted)
            for name, (called, body, wanted) in files.items()
        ),
        Attack(
            "file",
            "4 MB in pieces, without a length",
            request(
                "POST",
                "/api/assets?name=a.bin",
                {**stream, "Transfer-Encoding": "chunked"},
                chunked * 64 + b"0\r\n\r\n",
            ),
            (413,),
        ),
        Attack(
            "file",
            "a length of 1 TB",
            request("POST", "/api/assets?name=a.png", {**stream, "Content-Length": str(1 << 40)}, b"x"),
            (413,),
        ),
        Attack("file", "random bytes to open", request("POST", "/api/open", stream, os.urandom(4096)), (422,)),
        Attack(
            "file",
            "a damaged workflow in a picture",
            request(
                "POST",
                "/api/open",
                {"Content-Type": "image/png"},
                pixels((b"iTXt", b"latentloom\0\0\0\0\0{}"))[:70] + bytes(60),
            ),
            (422,),
        ),
        Attack(
            "file",
            "a workflow that unpacks to 200 MB",
            request(
                "POST",
                "/api/open",
                {"Content-Type": "image/png"},
                pixels((b"iTXt", b"latentloom\0\1\0\0\0" + zlib.compress(bytes(200_000_000), 9))),
            ),
            (422,),
        ),
    ]
