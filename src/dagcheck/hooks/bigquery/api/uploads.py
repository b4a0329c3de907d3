"""Load jobs whose data come with the request: in one piece with it, or afterwards in several."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from dagcheck.hooks.bigquery.api.errors import invalid, not_found
from dagcheck.hooks.bigquery.api.jobs import start
from dagcheck.hooks.bigquery.api.request import Reply, Request
from dagcheck.hooks.bigquery.api.world import Upload, World

_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")
_INCOMPLETE = 308


def upload(world: World, request: Request) -> Reply | dict[str, Any]:
    """Start a load job with data (`uploadType`): `multipart` has both, `resumable` begins with the job alone."""
    kind = request.query.get("uploadType")
    if kind == "multipart":
        body, data = _parts(request)
        return _started(world, request.path["project"], body, data)
    if kind != "resumable":
        raise invalid(f"Invalid upload type: {kind}")
    key = uuid.uuid4().hex
    world.uploads[key] = Upload(request.path["project"], request.body)
    host = request.headers.get("Host", "")
    return Reply(headers={"Location": f"http://{host}/upload/bigquery/v2/{key}"}, body={})


def resume(world: World, request: Request) -> Reply | dict[str, Any]:
    """Take a piece; the last one starts the job."""
    found = world.uploads.get(request.path["upload"])
    if found is None:
        raise not_found("Upload", request.path["upload"])
    piece = _RANGE.fullmatch(request.headers.get("Content-Range", f"bytes */{len(request.content)}"))
    if piece is None:
        raise invalid("Invalid Content-Range")
    found.data += request.content
    if piece[3] == "*" or len(found.data) < int(piece[3]):
        return Reply(status=_INCOMPLETE, headers={"Range": f"bytes=0-{len(found.data) - 1}"} if found.data else {})
    del world.uploads[request.path["upload"]]
    return _started(world, found.project, found.body, found.data)


def _started(world: World, project: str, body: dict[str, Any], data: bytes) -> dict[str, Any]:
    return start(world, project, body.get("configuration") or {}, body.get("jobReference") or {}, data)


def _parts(request: Request) -> tuple[dict[str, Any], bytes]:
    """Return the job and the data of a body of type multipart/related."""
    boundary = re.search(r'boundary="?([^";]+)"?', request.headers.get("Content-Type", ""), re.I)
    if boundary is None:
        raise invalid("A multipart upload needs a boundary")
    pieces = request.content.split(b"--" + boundary[1].encode())
    if len(pieces) != 4:  # noqa: PLR2004 -- before, the job, the data, after
        raise invalid("A multipart upload has two parts")
    job, data = (piece.partition(b"\r\n\r\n")[2].removesuffix(b"\r\n") for piece in pieces[1:3])
    return json.loads(job), data
