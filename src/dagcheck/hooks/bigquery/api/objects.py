"""Objects of Cloud Storage, as jobs name them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from dagcheck.hooks.bigquery.api.errors import ServiceError, invalid

_URI = re.compile(r"gs://([^/]+)/(.+)")


def matching(objects: Mapping[str, bytes], uris: Sequence[str]) -> list[bytes]:
    """Return the objects that URIs name, each with one `*` at most, as BigQuery takes them."""
    found: list[bytes] = []
    for uri in uris:
        if not _URI.fullmatch(uri) or uri.count("*") > 1:
            raise invalid(f"Invalid source URI: {uri}")
        pattern = re.compile(".*".join(map(re.escape, uri.split("*"))), re.S)
        names = sorted(name for name in objects if pattern.fullmatch(name))
        if not names:
            raise ServiceError("notFound", f"Not found: URI {uri}")
        found += [objects[name] for name in names]
    return found


def destination(uri: str) -> str:
    """Return the object that an extract job writes for a URI; there is one, whatever the size."""
    if not _URI.fullmatch(uri):
        raise invalid(f"Invalid destination URI: {uri}")
    return uri.replace("*", "000000000000")
