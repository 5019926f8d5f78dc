"""The server's log: a line of JSON a record, in files that rotate, so that it never fills the disk."""

from __future__ import annotations

import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

import orjson
from aiohttp import web

from engine.store.home import made
from web.errors import Handler

NAME = "server.log"
BYTES, FILES = 5_000_000, 5
LOGGERS = ("latentloom", "aiohttp", "asyncio")
log = logging.getLogger("latentloom.http")


class JsonLines(logging.Formatter):
    """Time (UTC), level, logger, message, what the record was given as `extra={"fields": …}`, and the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z",
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return orjson.dumps(line, default=str).decode()


def start_log(folder: Path) -> logging.Handler:
    """Write the server's records to `folder/server.log`, at most 25 MB in all. Raises OSError."""
    handler = RotatingFileHandler(
        made(folder) / NAME, maxBytes=BYTES, backupCount=FILES - 1, encoding="utf-8", delay=True
    )
    handler.setFormatter(JsonLines())
    for name in LOGGERS:
        logger = logging.getLogger(name)
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    return handler


def stop_log(handler: logging.Handler) -> None:
    """Write no more."""
    for name in LOGGERS:
        logging.getLogger(name).removeHandler(handler)
    handler.close()


@web.middleware
async def log_requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Note what changed something, and what was refused; never a query, a header or a body, which may hold secrets."""
    started = time.perf_counter()
    response = await handler(request)
    if request.method not in ("GET", "HEAD") or response.status >= 400:
        fields = {
            "method": request.method,
            "path": request.path[:200],
            "status": response.status,
            "ms": round(1000 * (time.perf_counter() - started), 1),
            "client": request.remote,
        }
        log.info("%s %s %d", request.method, request.path[:200], response.status, extra={"fields": fields})
    return response
