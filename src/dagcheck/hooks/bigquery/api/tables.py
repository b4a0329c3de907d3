"""Tables and views: https://cloud.google.com/bigquery/docs/reference/rest/v2/tables."""

from __future__ import annotations

from typing import Any

from dagcheck.hooks.bigquery.api.datasets import check_etag, etag
from dagcheck.hooks.bigquery.api.errors import invalid, not_found
from dagcheck.hooks.bigquery.api.partitions import partitioning, summary
from dagcheck.hooks.bigquery.api.request import Reply, Request, page
from dagcheck.hooks.bigquery.api.schemas import from_api, to_api
from dagcheck.hooks.bigquery.api.world import LOCATION, World
from dagcheck.hooks.bigquery.results import BigQueryError, Field, TableId, TableInfo

_WRITABLE = ("description", "friendlyName", "labels", "expirationTime", "timePartitioning", "rangePartitioning",
             "clustering", "requirePartitionFilter", "encryptionConfiguration", "resourceTags",
             "tableConstraints", "defaultCollation", "maxStaleness")  # fmt: skip
_KINDS_REFUSED = {"externalDataConfiguration": "external tables", "materializedView": "materialized views",
                  "snapshotDefinition": "snapshots", "cloneDefinition": "clones"}  # fmt: skip


def table_id(reference: dict[str, Any], project: str | None = None) -> TableId:
    """Return what a `tableReference` of the API means."""
    try:
        return TableId(
            project=reference.get("projectId") or project or "",
            dataset=reference["datasetId"],
            table=reference["tableId"],
        )
    except KeyError as missing:
        raise invalid(f"Required parameter is missing: {missing.args[0]}") from None


def reference(table: TableId) -> dict[str, str]:
    """Return a table's `tableReference`."""
    return {"projectId": table.project, "datasetId": table.dataset, "tableId": table.table}


def insert(world: World, request: Request) -> dict[str, Any]:
    """Create a table or view."""
    body = request.body
    given = {"datasetId": request.path["dataset"], **(body.get("tableReference") or {})}
    table = table_id(given, request.path["project"])
    for key, kind in _KINDS_REFUSED.items():
        if body.get(key):
            raise invalid(f"mock_bigquery has no {kind}: seed a table with what it would hold")
    if body.get("view"):
        create_view(world, table, body["view"])
    else:
        create(world, table, from_api((body.get("schema") or {}).get("fields") or ()), body)
    world.touch(table, **_writable(body))
    return resource(world, find(world, table))


def create(
    world: World,
    table: TableId,
    fields: tuple[Field, ...],
    settings: dict[str, Any],
    *,
    instead_of: TableInfo | None = None,
) -> None:
    """Create a table in the store and begin its notes; one that it replaces leaves it its partitioning and notes."""
    division = partitioning(settings) or (instead_of.partitioning if instead_of else None)
    world.store.create_table(table, fields, partitioning=division, replace=instead_of is not None)
    if instead_of is None:
        world.forget(table)
    world.touch(table, **{key: settings[key] for key in _WRITABLE if settings.get(key) is not None})


def create_view(world: World, table: TableId, view: dict[str, Any], *, replace: bool = False) -> None:
    """Create a view in the store; legacy SQL is refused."""
    if view.get("useLegacySql"):
        raise invalid("mock_bigquery has no views in legacy SQL: set useLegacySql to false")
    world.store.create_view(table, view["query"], replace=replace)
    if not replace:
        world.forget(table)


def get(world: World, request: Request) -> dict[str, Any]:
    """Return a table; `table$__PARTITIONS_SUMMARY__` is the list of its partitions."""
    return resource(world, find(world, of_path(request)))


def patch(world: World, request: Request) -> dict[str, Any]:
    """Change what the body has; null removes."""
    return _changed(world, request, {})


def update(world: World, request: Request) -> dict[str, Any]:
    """Replace all that may be changed."""
    return _changed(world, request, dict.fromkeys(_WRITABLE))


def delete(world: World, request: Request) -> Reply:
    """Drop a table or view."""
    table = find(world, of_path(request)).id
    world.store.drop(table)
    world.forget(table)
    return Reply(status=204)


def list_(world: World, request: Request) -> dict[str, Any]:
    """Return a page of a dataset's tables and views."""
    project, dataset = request.path["project"], request.path["dataset"]
    every = world.store.tables(project, dataset)
    shown, token = page(every, request, f"{project}/{dataset}/tables", world.page_size)
    keys = ("id", "tableReference", "type", "labels", "friendlyName", "creationTime", "expirationTime",
            "timePartitioning", "rangePartitioning", "clustering", "view")  # fmt: skip
    resources = [resource(world, info) for info in shown]
    items = [{"kind": "bigquery#table", **{key: one[key] for key in keys if key in one}} for one in resources]
    more = {"nextPageToken": token} if token else {}
    return {"kind": "bigquery#tableList", "tables": items, "totalItems": len(every), **more}


def of_path(request: Request) -> TableId:
    """Return the table in the URL."""
    path = request.path
    return TableId(project=path["project"], dataset=path["dataset"], table=path["table"])


def find(world: World, table: TableId) -> TableInfo:
    """Return a table, a view, the result of a query that is kept, or the summary of partitions."""
    if (kept := world.anonymous.get(table)) is not None:
        return TableInfo(id=table, fields=kept.fields)
    if table.table.endswith("$__PARTITIONS_SUMMARY__"):
        return summary(world, table)[0]
    try:
        return world.store.table(_whole(table))
    except BigQueryError as error:
        if error.reason != "notFound":
            raise
        if table.dataset not in world.store.datasets(table.project):
            raise not_found("Dataset", f"{table.project}:{table.dataset}") from None
        raise not_found("Table", table) from None


def rows(world: World, info: TableInfo) -> tuple[tuple[Any, ...], ...]:
    """Return the rows of what was found."""
    if (kept := world.anonymous.get(info.id)) is not None:
        return kept.rows
    if info.id.table.endswith("$__PARTITIONS_SUMMARY__"):
        return summary(world, info.id)[1]
    return world.store.rows(info.id)


def resource(world: World, info: TableInfo) -> dict[str, Any]:
    """Return a table or view as the API has it."""
    notes = world.notes(info.id)
    count = 0 if info.query is not None else len(rows(world, info))
    found = {
        "kind": "bigquery#table",
        "id": str(info.id),
        "tableReference": reference(info.id),
        "type": "TABLE" if info.query is None else "VIEW",
        "location": LOCATION,
        "schema": {"fields": to_api(info.fields)},
        "numRows": str(count),
        "numBytes": "0",
        **_declared(info),
        **notes,
        "etag": etag(notes),
    }
    if info.query is not None:
        found["view"] = {"query": info.query, "useLegacySql": False}
    return found


def _declared(info: TableInfo) -> dict[str, Any]:
    """Return what SQL can set too."""
    found: dict[str, Any] = {}
    if info.partitioning is not None and info.partitioning.type != "RANGE":
        field = {"field": info.partitioning.field} if info.partitioning.field else {}
        found["timePartitioning"] = {"type": info.partitioning.type, **field}
    if info.clustering:
        found["clustering"] = {"fields": list(info.clustering)}
    if info.description is not None:
        found["description"] = info.description
    return found | ({"labels": dict(info.labels)} if info.labels else {})


def _changed(world: World, request: Request, base: dict[str, Any]) -> dict[str, Any]:
    info, body = find(world, of_path(request)), request.body
    check_etag(world, info.id, request)
    if body.get("view"):
        create_view(world, info.id, body["view"], replace=True)
    elif (body.get("schema") or {}).get("fields") is not None and info.query is None:
        change_schema(world, info, from_api(body["schema"]["fields"]))
    world.touch(info.id, **{**base, **_writable(body)})
    return resource(world, find(world, info.id))


def change_schema(world: World, info: TableInfo, fields: tuple[Field, ...]) -> None:
    """Add columns, relax REQUIRED ones, describe them; anything else is refused, as by BigQuery."""
    if fields == info.fields:
        return
    _check_change(info.fields, fields, f"Provided Schema does not match Table {info.id}.")
    kept = [dict(zip([field.name for field in info.fields], row, strict=True)) for row in world.store.rows(info.id)]
    world.store.create_table(info.id, fields, partitioning=info.partitioning, replace=True)
    world.store.insert(info.id, kept)


def _check_change(old: tuple[Field, ...], new: tuple[Field, ...], where: str, within: str = "") -> None:
    known = {field.name.lower(): field for field in new}
    for field in old:
        name, now = within + field.name, known.pop(field.name.lower(), None)
        if now is None:
            raise invalid(f"{where} Field {name} is missing in new schema")
        if now.type != field.type:
            raise invalid(f"{where} Field {name} has changed type from {field.type} to {now.type}")
        if now.mode != field.mode and (field.mode, now.mode) != ("REQUIRED", "NULLABLE"):
            raise invalid(f"{where} Field {name} has changed mode from {field.mode} to {now.mode}")
        _check_change(field.fields, now.fields, where, f"{name}.")
    if any(field.mode == "REQUIRED" for field in known.values()):
        raise invalid(f"{where} Cannot add required fields to an existing schema.")


def _whole(table: TableId) -> TableId:
    """Return the table of which `table$20240101` is a partition."""
    name, _, _ = table.table.partition("$")
    return TableId(project=table.project, dataset=table.dataset, table=name)


def _writable(body: dict[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in _WRITABLE if key in body}
