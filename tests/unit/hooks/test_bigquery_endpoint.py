from __future__ import annotations

import pytest

from dagcheck.hooks.bigquery.endpoint import _replacements


@pytest.mark.parametrize("asked", [(), (None,), (False,)], ids=["before 7.3", "7.3", "7.3, told"])
def test_gcloud_aio_bigquery_is_sent_to_the_server_however_its_version_asks(asked: tuple[bool | None, ...]) -> None:
    init_api_root = _replacements("http://127.0.0.1:1")["gcloud.aio.bigquery.bigquery"]["init_api_root"]
    assert init_api_root(None, *asked) == (True, "http://127.0.0.1:1/bigquery/v2")
    assert init_api_root("http://own", *asked) == (True, "http://own")
