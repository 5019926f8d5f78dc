"""What goes wrong, as every client sees it: `{"error": {"code", "message", "faults"?}}`, and never a traceback."""

from __future__ import annotations

import errno
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import web

from engine.graph.faults import Fault, InvalidWorkflow, LoomError
from web.answers import json_response

log = logging.getLogger("latentloom.web")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_CODES = {
    400: "bad_request",
    401: "unauthorized",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "timeout",
    409: "conflict",
    412: "precondition_failed",
    413: "too_large",
    415: "unsupported_media_type",
    416: "bad_range",
    422: "invalid",
    429: "too_many",
}


# Errors of the engine that a client may have brought about by what it named; all others are 422.
_OF_THE_ENGINE = {
    "unknown_run": 404,
    "unknown_model": 404,
    "unknown_document": 404,
    "conflict": 409,
    "key_conflict": 409,
    "stale": 412,
    "disk_full": 413,
    "unsupported_file": 415,
    "not_ready": 503,
}


class Refused(LoomError):
    """A request that is answered with `status` and a sentence."""

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        faults: Sequence[Fault] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code or _CODES[status]
        self.faults = faults
        self.headers = headers

    def response(self) -> web.Response:
        """As an answer."""
        return error_response(self.status, self.code, str(self), self.faults, self.headers)


def error_response(
    status: int,
    code: str,
    message: str,
    faults: Sequence[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """The one form of an error."""
    error: dict[str, object] = {"code": code, "message": message}
    if faults is not None:
        error["faults"] = [fault.to_json() for fault in faults]
    return json_response({"error": error}, status=status, headers=headers)


@web.middleware
async def errors_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn whatever is raised below into an answer; what was not foreseen goes to the log, whole."""
    try:
        return await handler(request)
    except Refused as error:
        return error.response()
    except InvalidWorkflow as error:
        return error_response(422, "invalid_workflow", str(error), error.faults)
    except web.HTTPException as error:
        return _from_aiohttp(error)
    except LoomError as error:
        return _from_engine(error)
    except ConnectionError:
        raise
    except OSError as error:
        return _from_system(request, error)
    except Exception:
        log.exception("%s %s failed", request.method, request.path)
        return error_response(500, "internal", "this should not have happened; the server's log says what did")


def _from_engine(error: LoomError) -> web.Response:
    code = getattr(error, "code", "invalid")
    etag = getattr(error, "etag", None)
    headers = {"ETag": f'"{etag}"'} if etag else {"Retry-After": "2"} if code == "not_ready" else None
    return error_response(_OF_THE_ENGINE.get(code, 422), code, str(error), headers=headers)


def _from_system(request: web.Request, error: OSError) -> web.Response:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return error_response(413, "disk_full", "the disk is full; nothing was written")
    log.error("%s %s failed", request.method, request.path, exc_info=error)
    return error_response(500, "internal", f"a file could not be used: {error.strerror or error}")


def _from_aiohttp(error: web.HTTPException) -> web.StreamResponse:
    if error.status < 400:
        return error
    headers = {name: error.headers[name] for name in ("Allow", "Content-Range") if name in error.headers}
    code = _CODES.get(error.status, "error")
    return error_response(error.status, code, _sentence(error), headers=headers)


def _sentence(error: web.HTTPException) -> str:
    match error:
        case web.HTTPNotFound():
            return "there is nothing at this address"
        case web.HTTPMethodNotAllowed():
            return f"{error.method} is not possible here; there is: {', '.join(sorted(error.allowed_methods))}"
        case web.HTTPRequestEntityTooLarge():
            return "the body of this request is too large"
        case _:
            return error.text or error.reason
