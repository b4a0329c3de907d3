"""How Google's libraries find the server: the environment for most of them, attributes for the rest.

| who | how |
|---|---|
| google-cloud-bigquery, pandas_gbq, in child processes too | `BIGQUERY_EMULATOR_HOST`, with a scheme |
| the hook's cursor (googleapiclient) | `build` in the hook's module, which has no variable for it |
| the hook's triggers (gcloud-aio) | `init_api_root`: it reads the same variable, but wants it without a scheme |
| data frames of many pages (google-cloud-bigquery-storage) | no such client: rows come over REST |
| credentials without a hook, or of a hook before 10.20 | GOOGLE_APPLICATION_CREDENTIALS: a key of ours |
| jobs without an id, on the clock of `run_dag`, which stands still | `_custom_job_id`: microseconds and a hash |
| google-auth from 2.50 on, which asks iamcredentials.googleapis.com about such a key | told that it need not |

All of it is the same from apache-airflow-providers-google 10.11 to 22.5. `BigQueryHook.get_client_options`, the seam
that 22.0 brought, would serve these versions alone.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from typing import Any

from dagcheck.hooks.bigquery.credentials import key_file
from dagcheck.hooks.environment import Connected, environment
from dagcheck.replacing import replaced

_API = "/bigquery/v2/"


@contextmanager
def directed(address: str, project: str, conn_ids: Sequence[str]) -> Iterator[Connected]:
    """Direct hooks, clients and child processes to the server until the block ends, as members of a project.

    Yields the connections that lead there, to which more may be added.
    """
    with ExitStack() as stack:
        key = stack.enter_context(key_file(project, address))
        stack.enter_context(environment(_variables(address, project, str(key))))
        for module, attributes in _replacements(address).items():
            if (found := _found(module)) is not None:
                stack.enter_context(replaced(found, **attributes))
        extra = {"project": project, "location": "US", "use_legacy_sql": False, "is_anonymous": True}
        connected = stack.enter_context(Connected({"conn_type": "google_cloud_platform", "extra": extra}))
        connected.add(conn_ids)
        yield connected


def _variables(address: str, project: str, key: str) -> Mapping[str, str | None]:
    loopback = ",".join(filter(None, [os.environ.get("no_proxy") or os.environ.get("NO_PROXY"), "127.0.0.1"]))
    return {
        "BIGQUERY_EMULATOR_HOST": address,
        "GOOGLE_APPLICATION_CREDENTIALS": key,
        "GOOGLE_CLOUD_PROJECT": project,
        "GOOGLE_CLOUD_UNIVERSE_DOMAIN": None,
        "GOOGLE_API_USE_CLIENT_CERTIFICATE": "false",
        "NO_GCE_CHECK": "true",
        "no_proxy": loopback,
        "NO_PROXY": loopback,
    }


def _replacements(address: str) -> dict[str, dict[str, Any]]:
    """Return attributes by what has them; a module or class that is not installed needs none."""
    return {
        "airflow.providers.google.cloud.hooks.bigquery": {"build": _build(address + _API)},
        "airflow.providers.google.cloud.hooks.bigquery:BigQueryHook": {"_custom_job_id": staticmethod(_job_id)},
        "gcloud.aio.bigquery.bigquery": {"init_api_root": _api_root(address + _API.rstrip("/"))},
        "google.cloud.bigquery.client:Client": {"_ensure_bqstorage_client": lambda *_, **__: None},
        "google.auth.credentials:CredentialsWithRegionalAccessBoundary": {
            "_is_regional_access_boundary_lookup_required": lambda _: False
        },
    }


def _api_root(root: str) -> Any:
    """Return gcloud-aio-bigquery's `init_api_root` for this one; 7.3 and later ask whether it is an emulator's."""

    def init_api_root(given: str | None, *_: object) -> tuple[bool, str]:
        return True, given or root

    return init_api_root


def _build(root: str) -> Any:
    """Return googleapiclient's `build` for this root of the API; 22.0 and later give it options of their own."""

    def build(*args: Any, **kwargs: Any) -> Any:
        from googleapiclient import discovery

        return discovery.build(*args, **{**kwargs, "client_options": {"api_endpoint": root}})

    return build


def _job_id(configuration: Mapping[str, Any]) -> str:  # noqa: ARG001 -- the hook's signature
    """Two jobs of the same text in one microsecond are nothing that BigQuery would ever see."""
    return f"airflow_{uuid.uuid4().hex}"


def _found(target: str) -> Any:
    """Return a module, or a class after a colon; None where it is not installed."""
    module, _, name = target.partition(":")
    try:
        found = import_module(module)
    except ModuleNotFoundError:
        return None
    return getattr(found, name, None) if name else found
