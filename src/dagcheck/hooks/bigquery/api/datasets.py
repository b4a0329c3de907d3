"""Datasets: https://cloud.google.com/bigquery/docs/reference/rest/v2/datasets."""

from __future__ import annotations

from typing import Any

from dagcheck.hooks.bigquery.api.errors import ServiceError, invalid, not_found
from dagcheck.hooks.bigquery.api.request import Reply, Request, page
from dagcheck.hooks.bigquery.api.world import LOCATION, Key, World

_WRITABLE = (
    "access", "description", "friendlyName", "labels", "location", "defaultTableExpirationMs", "isCaseInsensitive",
    "defaultPartitionExpirationMs", "defaultCollation", "defaultEncryptionConfiguration", "defaultRoundingMode",
    "maxTimeTravelHours", "storageBillingModel", "resourceTags",
)  # fmt: skip


def insert(world: World, request: Request) -> dict[str, Any]:
    """Create one."""
    body = request.body
    dataset = (body.get("datasetReference") or {}).get("datasetId")
    if not dataset:
        raise invalid("Required parameter is missing: datasetReference.datasetId")
    project = request.path["project"]
    world.store.create_dataset(project, dataset)
    world.forget((project, dataset))
    world.touch((project, dataset), **_writable(body))
    return resource(world, project, dataset)


def get(world: World, request: Request) -> dict[str, Any]:
    """Return one."""
    return resource(world, *_known(world, request))


def patch(world: World, request: Request) -> dict[str, Any]:
    """Change what the body has; null removes."""
    key = _known(world, request)
    check_etag(world, key, request)
    world.touch(key, **_writable(request.body))
    return resource(world, *key)


def update(world: World, request: Request) -> dict[str, Any]:
    """Replace all that may be changed."""
    key = _known(world, request)
    check_etag(world, key, request)
    world.touch(key, **{**dict.fromkeys(_WRITABLE), **_writable(request.body)})
    return resource(world, *key)


def delete(world: World, request: Request) -> Reply:
    """Drop one, with its tables if `deleteContents` says so."""
    project, dataset = _known(world, request)
    tables = world.store.tables(project, dataset)
    world.store.drop_dataset(project, dataset, cascade=request.flag("deleteContents"))
    for info in tables:
        world.forget(info.id)
    world.forget((project, dataset))
    return Reply(status=204)


def list_(world: World, request: Request) -> dict[str, Any]:
    """Return a page of a project's datasets, by `filter` labels.key:value too."""
    project = request.path["project"]
    every = [resource(world, project, dataset) for dataset in world.store.datasets(project)]
    every = [one for one in every if _has_labels(one.get("labels", {}), request.query.get("filter", ""))]
    shown, token = page(every, request, f"{project}/datasets", world.page_size)
    keys = ("kind", "id", "datasetReference", "labels", "friendlyName", "location")
    items = [{key: one[key] for key in keys if key in one} for one in shown]
    return {"kind": "bigquery#datasetList", "datasets": items, **({"nextPageToken": token} if token else {})}


def resource(world: World, project: str, dataset: str) -> dict[str, Any]:
    """Return a dataset as the API has it."""
    notes = world.notes((project, dataset))
    return {
        "kind": "bigquery#dataset",
        "id": f"{project}:{dataset}",
        "datasetReference": {"projectId": project, "datasetId": dataset},
        "location": LOCATION,
        "access": [{"role": "OWNER", "specialGroup": "projectOwners"}],
        "type": "DEFAULT",
        **notes,
        "etag": etag(notes),
    }


def etag(notes: dict[str, Any]) -> str:
    """Return the tag of a state."""
    return f"{notes['creationTime']}-{notes['etag']}"


def check_etag(world: World, of: Key, request: Request) -> None:
    """Raise if the request is made for another state (If-Match)."""
    wanted = request.headers.get("If-Match")
    if wanted and wanted not in {"*", etag(world.notes(of))}:
        raise ServiceError("conditionNotMet", "Precondition check failed.")


def _known(world: World, request: Request) -> tuple[str, str]:
    key = request.path["project"], request.path["dataset"]
    if key[1] not in world.store.datasets(key[0]):
        raise not_found("Dataset", f"{key[0]}:{key[1]}")
    return key


def _writable(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in _WRITABLE if key in body}


def _has_labels(labels: dict[str, str], wanted: str) -> bool:
    """See the parameter `filter` of datasets.list."""
    for part in wanted.split():
        key, _, value = part.removeprefix("labels.").partition(":")
        if key not in labels or (value and labels[key] != value):
            return False
    return True
