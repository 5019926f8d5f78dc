"""Files by content: uploads, results, thumbnails, and the gallery."""

from __future__ import annotations

import asyncio
from pathlib import Path, PurePath

from aiohttp import web

from engine.graph.shapes import path_fault
from engine.graph.values import File
from engine.store.assets import Assets
from engine.store.errors import AssetError
from engine.store.placing import safe_name
from web.answers import client_has, json_response, page_of
from web.bodies import read_query
from web.errors import Refused
from web.intake import receive
from web.keys import PICTURES, SERVICE, SETTINGS, THUMBNAILS
from web.routing import Answer, Routes
from web.shown import asset_json
from web.wire import AssetDoc, AssetQuery, AssetsPage, AssetsQuery, UploadQuery

routes = Routes()
FOREVER = "private, max-age=31536000, immutable"
NAME = r"/api/assets/{sha256:[0-9a-f]{64}}{suffix:(?:\.[a-z0-9]{1,12})?}"
STAR = r"/api/assets/{sha256:[0-9a-f]{64}}/star"
PICTURES_MEDIA = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
FILES_MEDIA = ("application/octet-stream", "application/json", "text/csv", *sorted(set(PICTURES_MEDIA.values())))
SANDBOX = "default-src 'none'; sandbox"


class FileByContent(web.FileResponse):
    """A file whose ETag is its content; `headers_at_last` are set when aiohttp has set its own."""

    def __init__(self, path: Path, headers: dict[str, str]) -> None:
        super().__init__(path)
        self.headers_at_last = headers


@routes.add("GET", "/api/assets", gives=Answer("The gallery", AssetsPage), query=AssetsQuery)
async def gallery(request: web.Request) -> web.Response:
    """Results and uploads, newest first."""
    query = read_query(request, AssetsQuery)
    rows = await asyncio.to_thread(
        request.app[SERVICE].gallery.page,
        before=query.before,
        limit=query.limit + 1,
        workflow=query.workflow,
        kind=query.kind,
    )
    page, last = page_of(rows, query.limit)
    return json_response({"assets": [asset_json(row) for row in page], "next": last and last.number})


@routes.add(
    "POST",
    "/api/assets",
    gives={200: Answer("It was there already", AssetDoc), 201: Answer("It is new", AssetDoc)},
    refusals=(413, 415, 429),
    query=UploadQuery,
    media=FILES_MEDIA,
)
async def upload(request: web.Request) -> web.Response:
    """Upload a file: the body is its content. Pictures (PNG, JPEG, WebP), safetensors and UTF-8 text are taken."""
    query = read_query(request, UploadQuery)
    sha256, kind, size = await receive(request, query.name)
    found = request.app[SERVICE].gallery
    known = await asyncio.to_thread(found.find, sha256)
    if known is None:
        name = asset_name(query.name, sha256, kind.suffix)
        row = await asyncio.wrap_future(
            found.add_upload(sha256, kind.suffix, name, size, kind.width, kind.height, type=kind.type)
        )
    return json_response(asset_json(known or row), status=201 if known is None else 200)


@routes.add(
    "GET",
    NAME,
    gives=Answer("The file, or a WebP thumbnail of it", media=("*/*",)),
    refusals=(404, 416),
    query=AssetQuery,
    headers=("Range", "If-None-Match"),
)
async def read(request: web.Request) -> web.StreamResponse:
    """A file, whole or in ranges; with `size` a small picture of it. What is here never changes."""
    query = read_query(request, AssetQuery)
    sha256, suffix = request.match_info["sha256"], request.match_info["suffix"]
    tag = sha256 if query.size is None else f"{sha256}-{query.size}"
    path = await asyncio.to_thread(find_file, request.app[SETTINGS].home.assets, sha256, suffix)
    headers = {"ETag": f'"{tag}"', "Cache-Control": FOREVER, "Content-Security-Policy": SANDBOX}
    if client_has(request, tag):
        return web.Response(status=304, headers=headers)
    if query.size is not None:
        if path.suffix not in PICTURES_MEDIA:
            raise Refused(404, "this file is no picture, so there is no thumbnail of it")
        work = request.app[PICTURES]
        path = await asyncio.get_running_loop().run_in_executor(
            work, request.app[THUMBNAILS].make, path, sha256, int(query.size)
        )
    return sent(path, headers)


@routes.add("DELETE", NAME, gives={204: Answer("It is gone")}, refusals=(404,))
async def delete(request: web.Request) -> web.Response:
    """Delete a file and its entry in the gallery. Runs that made it keep theirs."""
    sha256 = request.match_info["sha256"]
    known = await asyncio.wrap_future(request.app[SERVICE].gallery.remove(sha256))
    deleted = await asyncio.to_thread(_delete_files, request.app[SETTINGS].home.assets, sha256)
    await asyncio.to_thread(request.app[THUMBNAILS].forget, sha256)
    if not known and not deleted:
        raise Refused(404, "there is no such file")
    return web.Response(status=204)


@routes.add("PUT", STAR, gives={204: Answer("It bears a star")}, refusals=(404,))
async def star(request: web.Request) -> web.Response:
    """Give a file a star. It keeps it when a run makes the same file again."""
    return await _starred(request, True)


@routes.add("DELETE", STAR, gives={204: Answer("It bears none")}, refusals=(404,))
async def unstar(request: web.Request) -> web.Response:
    """Take a file's star away."""
    return await _starred(request, False)


async def _starred(request: web.Request, on: bool) -> web.Response:
    if not await asyncio.wrap_future(request.app[SERVICE].gallery.star(request.match_info["sha256"], on)):
        raise Refused(404, "there is no such file")
    return web.Response(status=204)


def sent(path: Path, headers: dict[str, str]) -> FileByContent:
    """A file as an answer: pictures are shown, whatever else it is only saved."""
    response = FileByContent(path, headers)
    media = PICTURES_MEDIA.get(path.suffix.lower())
    response.content_type = media or "application/octet-stream"
    if media is None:
        response.headers["Content-Disposition"] = "attachment"
    return response


def asset_name(given: str, sha256: str, suffix: str) -> str:
    """What a workflow may call an upload: the file's own name where it can bear it, with the suffix of what it is."""
    stem = PurePath(given.replace("\\", "/")).stem
    name = f"{safe_name(stem)[:80]}{suffix}" if stem else f"{sha256[:12]}{suffix}"
    return f"{sha256[:12]}{suffix}" if path_fault(name) else name


def find_file(assets: Path, sha256: str, suffix: str) -> Path:
    """Where a file lies, its content held against its name. Raises Refused."""
    try:
        path = Assets(assets, assets / "nowhere").file(File(f"{sha256}{suffix}", sha256)).path
    except AssetError:
        raise Refused(404, "there is no such file") from None
    if suffix and path.suffix != suffix:
        raise Refused(404, "there is no such file")
    return path


def _delete_files(assets: Path, sha256: str) -> int:
    found = [path for path in (assets / sha256[:2]).glob(f"{sha256}*") if path.is_file()]
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)
