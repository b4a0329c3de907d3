"""An XCom backend that keeps large values in object storage; see components/large_results.py (A8).

It is switched on for a whole Airflow, workers, scheduler and web server alike:

    AIRFLOW__CORE__XCOM_BACKEND=common.xcom_backend.ObjectStorageXCom
    AIRFLOW__REFERENCE_XCOM__BUCKET=the-bucket
    AIRFLOW__REFERENCE_XCOM__THRESHOLD=100000      # bytes; what is larger goes to the bucket
    AIRFLOW__REFERENCE_XCOM__CONN_ID=aws_default

Airflow imports this module while it starts, so it imports little, and nothing of `common`.
"""

from __future__ import annotations

import functools
import json
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from airflow.configuration import conf

try:
    from airflow.sdk.bases.xcom import BaseXCom
except ImportError:  # Airflow 2
    from airflow.models.xcom import BaseXCom

SECTION = "reference_xcom"
REFERENCE = "__object_storage_xcom__"


class ObjectStorageXCom(BaseXCom):
    """Stores a value as Airflow does, but above the threshold as an object, with a reference in the metadata DB.

    Every value has an object of its own: DAG, run, task, map index and key are in its name, and something random, for
    a cleared task writes again under the same five. The old object goes when Airflow deletes the XCom (`purge`, since
    2.9; before, and for whatever a crash leaves behind, give the bucket a rule that removes old objects).
    """

    @staticmethod
    def serialize_value(
        value: Any,
        *,
        key: str | None = None,
        task_id: str | None = None,
        dag_id: str | None = None,
        run_id: str | None = None,
        map_index: int | None = None,
    ) -> Any:
        """Return what the metadata DB gets: the serialised value, or the serialised reference to it."""
        stored = BaseXCom.serialize_value(value)
        body = stored if isinstance(stored, bytes) else json.dumps(stored).encode()  # bytes on Airflow 2
        threshold = conf.getint(SECTION, "threshold", fallback=100_000)
        if len(body) <= threshold and REFERENCE.encode() not in body:
            return stored
        parts = [str(part) for part in (dag_id, run_id, task_id, -1 if map_index is None else map_index, key)]
        name = "/".join([*(quote(part, safe="") for part in parts), f"{uuid4().hex}.json"])
        storage().load_bytes(body, name, _bucket(), replace=True)  # nothing has this name: asking would be a round trip
        return BaseXCom.serialize_value({REFERENCE: name})

    @staticmethod
    def deserialize_value(result: Any) -> Any:
        """Return the value, from wherever it is; raises what the storage raises if the object is gone."""
        name = _reference(result.value)
        if name is None:
            return BaseXCom.deserialize_value(result)
        text = storage().read_key(name, _bucket())
        stored = text.encode() if isinstance(result.value, bytes) else json.loads(text)
        return BaseXCom.deserialize_value(SimpleNamespace(value=stored))

    @classmethod
    def purge(cls, xcom: Any, *_session: Any) -> None:
        """Delete the object with the XCom."""
        name = _reference(xcom.value)
        if name is not None:
            storage().delete_objects(_bucket(), [name])


def _reference(stored: Any) -> str | None:
    """Return the object's name if that is what was stored; a value of a user never looks so, see serialize_value."""
    if isinstance(stored, bytes):
        stored = json.loads(stored) if REFERENCE.encode() in stored else None
    return stored.get(REFERENCE) if isinstance(stored, dict) else None


@functools.cache
def storage() -> Any:
    """Return the hook, one for all XComs of a process: making a client costs more than storing a value."""
    from airflow.providers.amazon.aws.hooks.s3 import S3Hook

    return S3Hook(conf.get(SECTION, "conn_id", fallback="aws_default"))


def _bucket() -> str:
    return str(conf.get(SECTION, "bucket"))
