"""Attacks by what is asked for and by what is sent: kinds of bodies, JSON, files, paths, values."""

from __future__ import annotations

import gzip
import json

from attacking import JSON, UPGRADE, Attack, request


def bodies_of_forms() -> list[Attack]:
    """Bodies that a browser sends across sites without asking."""
    run, body = "/api/runs", b'{"workflow": {}}'
    kinds = {
        "plain text": {"Content-Type": "text/plain"},
        "a form": {"Content-Type": "application/x-www-form-urlencoded"},
        "a form in parts": {"Content-Type": "multipart/form-data; boundary=x"},
        "no kind": {},
        "two kinds in one": {"Content-Type": "text/plain, application/json"},
        "a kind that begins as JSON": {"Content-Type": "application/jsonp"},
        "JSON as a parameter": {"Content-Type": "text/plain; application/json"},
        "XML": {"Content-Type": "application/xml"},
    }
    plain = {"Content-Type": "text/plain"}
    return [
        *(Attack("media", name, request("POST", run, headers, body), (415,)) for name, headers in kinds.items()),
        Attack("media", "an upload as plain text", request("POST", "/api/assets", plain, b"x"), (415,)),
        Attack("media", "a workflow as plain text", request("PUT", "/api/workflows/a", plain, body), (415,)),
        Attack("media", "plain text where no body is read", request("POST", "/api/queue/pause", plain, b"{}"), (415,)),
        Attack("media", "a run without a body", request("POST", run), (400, 415)),
        Attack(
            "media",
            "an upload in parts",
            request("POST", "/api/assets", {"Content-Type": "multipart/form-data; boundary=x"}, b"--x--"),
            (415,),
        ),
    ]


def bad_json() -> list[Attack]:
    """Bodies that are JSON in name, or too much of it."""
    nodes = json.dumps(
        {"format": "latentloom", "version": 1, "nodes": {f"n{i}": {"type": "A"} for i in range(10_001)}}
    ).encode()
    bodies: dict[str, tuple[bytes, tuple[int, ...]]] = {
        "200,000 brackets": (b"[" * 200_000, (400,)),
        "a value nested 1,000 deep": (b'{"workflow":' + b'{"a":' * 1000 + b"1" + b"}" * 1001, (400,)),
        "NaN": (b'{"workflow": {"a": NaN}}', (400,)),
        "an integer of 5,000 digits": (b'{"workflow": {"a": ' + b"9" * 5000 + b"}}", (400,)),
        "half of a surrogate pair": (b'{"workflow": {"a": "\\ud800"}}', (400,)),
        "a key twice": (b'{"workflow": {}, "workflow": {}}', (400,)),
        "bytes that are no UTF-8": (b'{"workflow": "\xff\xfe"}', (400,)),
        "UTF-16": ('{"workflow": {}}'.encode("utf-16"), (400,)),
        "nothing": (b" ", (400,)),
        "a list": (b"[]", (422,)),
        "an unknown key": (b'{"workflow": {}, "__proto__": {}}', (422,)),
        "a text for an object": (b'{"workflow": "{}"}', (422,)),
        "a number for a text": (b'{"workflow": {}, "key": 7}', (422,)),
        "a key of 10,000 letters": (b'{"workflow": {}, "key": "' + b"k" * 10_000 + b'"}', (422,)),
        "10,001 nodes": (b'{"workflow": ' + nodes + b"}", (422,)),
        "9 MB": (b'{"workflow": {"a": "' + b"x" * 9_000_000 + b'"}}', (413,)),
        "8.2 MB": (b'{"workflow": {"a": "' + b"x" * 8_200_000 + b'"}}', (413,)),
    }
    gz = {**JSON, "Content-Encoding": "gzip"}
    bomb = gzip.compress(bytes(200_000_000), 9)
    move = "/api/runs/abc/move"
    return [
        *(
            Attack("json", name, request("POST", "/api/runs", JSON, body), wanted)
            for name, (body, wanted) in bodies.items()
        ),
        Attack(
            "json",
            "a length that promises 10 GB",
            request("POST", "/api/runs", {**JSON, "Content-Length": "10000000000"}, b"{"),
            (413,),
        ),
        Attack("json", "200 MB of zeros in 200 kB", request("POST", "/api/runs", gz, bomb), (415,)),
        Attack("json", "a truth for a number", request("POST", move, JSON, b'{"place": true}'), (422,)),
        Attack("json", "a broken number", request("POST", move, JSON, b'{"place": 1.5}'), (422,)),
        Attack("json", "a negative place", request("POST", move, JSON, b'{"place": -1}'), (422,)),
        Attack("json", "a draft nested deep", request("PUT", "/api/drafts/a", JSON, b"[" * 100_000), (400,)),
    ]


def ways_out() -> list[Attack]:
    """Paths that lead out of the folders."""
    editor = "/editor/0123456789abcdef"
    paths = {
        "dots in the editor's folder": f"{editor}/../../../../../../etc/passwd",
        "dots, encoded": f"{editor}/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "slashes, encoded": f"{editor}/..%2f..%2f..%2f..%2fetc%2fpasswd",
        "encoded twice": f"{editor}/%252e%252e%252f%252e%252e%252fetc/passwd",
        "backslashes": f"{editor}/..\\..\\..\\etc\\passwd",
        "an absolute path": f"{editor}//etc/passwd",
        "a NUL": f"{editor}/index.html%00.js",
        "a Python file of the server": f"{editor}/../app.py",
        "a workflow with slashes": "/api/workflows/..%2f..%2fetc%2fpasswd",
        "a workflow with dots": "/api/workflows/%2e%2e",
        "a workflow with a NUL": "/api/workflows/a%00",
        "a workflow with a drive": "/api/workflows/c:evil",
        "a hidden workflow": "/api/workflows/.git",
        "a workflow that is a link out of the folder": "/api/workflows/link",
        "versions of what lies elsewhere": "/api/workflows/..%2f..%2fetc/versions",
        "a draft with slashes": "/api/drafts/..%2ftoken",
        "an asset that is a path": "/api/assets/..%2f..%2ftoken",
        "an asset with a path behind it": f"/api/assets/{'a' * 64}.png%2f..%2f..%2f..%2ftoken",
        "a suffix with a star": f"/api/assets/{'a' * 64}.*",
        "a view of a pack": "/api/packs/core/views/..%2f..%2fapp.py",
        "a view by an absolute path": "/api/packs/core/views/%2fetc%2fpasswd",
        "a run that is a path": "/api/runs/..%2f..%2floom.db",
        "a preview that is a path": "/api/previews/..%2f..%2floom.db",
    }
    put = {**JSON, "If-None-Match": "*"}
    empty = b'{"format": "latentloom", "version": 1, "nodes": {}}'
    return [
        *(Attack("path", name, request("GET", path), (400, 404, 422)) for name, path in paths.items()),
        Attack(
            "path",
            "a workflow written elsewhere",
            request("PUT", "/api/workflows/..%2f..%2fevil", put, empty),
            (404, 422),
        ),
        Attack(
            "path",
            "a workflow written over a link",
            request("PUT", "/api/workflows/link", {**JSON, "If-Match": "*"}, empty),
            (404, 422),
        ),
        Attack(
            "path", "a draft written elsewhere", request("PUT", "/api/drafts/..%2f..%2fevil", JSON, b"{}"), (404, 422)
        ),
        Attack(
            "path", "a draft with a long name", request("PUT", f"/api/drafts/{'n' * 4000}", JSON, b"{}"), (400, 422)
        ),
        Attack(
            "path", "a file deleted elsewhere", request("DELETE", "/api/workflows/..%2f..%2fetc%2fpasswd"), (404, 422)
        ),
    ]


def odd_queries() -> list[Attack]:
    """Values beyond their bounds."""
    paths = {
        "a page of a million": "/api/runs?limit=1000000",
        "a page of none": "/api/runs?limit=0",
        "a status that is none": "/api/runs?status=gone",
        "a number that is text": "/api/assets?before=abc",
        "a number beyond all bounds": f"/api/assets?before={'9' * 400}",
        "a value twice": "/api/assets?limit=1&limit=2",
        "a name that is unknown": "/api/runs?owner=root",
        "a thumbnail of a million pixels": f"/api/assets/{'a' * 64}?size=1000000",
        "a thumbnail of 100 pixels": f"/api/assets/{'a' * 64}?size=100",
        "SQL": "/api/runs?limit=1;DROP%20TABLE%20run",
    }
    return [
        *(Attack("query", name, request("GET", path), (422,)) for name, path in paths.items()),
        Attack("query", "events since a text", request("GET", "/api/events?since=x", UPGRADE), (422,)),
        Attack("query", "events since a negative number", request("GET", "/api/events?since=-1", UPGRADE), (422,)),
        Attack("query", "events over a plain request", request("GET", "/api/events"), (400,)),
        Attack(
            "query",
            "a range beyond the end of nothing",
            request("GET", f"/api/assets/{'b' * 64}", {"Range": "bytes=5-1"}),
            (404,),
        ),
    ]
