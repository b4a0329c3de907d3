from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from dagcheck.errors import UsageError
from dagcheck.hooks.answers import UnusedAnswerError
from dagcheck.hooks.s3.mock import ServiceError, mocked_s3
from dagcheck.hooks.s3.server import shared_server, stop_shared_server

TIERS = pytest.mark.parametrize("tier", ["fake", "embedded"])


def client() -> Any:
    return boto3.client("s3")


@TIERS
def test_what_the_test_seeds_the_code_reads_and_the_other_way_round(tier: Any) -> None:
    with mocked_s3(tier) as s3:
        s3.seed("raw", {"a/b": "text", "c": b"bytes"})
        assert client().get_object(Bucket="raw", Key="a/b")["Body"].read() == b"text"
        client().put_object(Bucket="raw", Key="d", Body=b"new")
        assert s3.objects == {"s3://raw/a/b": b"text", "s3://raw/c": b"bytes", "s3://raw/d": b"new"}


@TIERS
def test_each_test_begins_with_its_own_buckets_alone(tier: Any) -> None:
    with mocked_s3(tier, buckets=["old"]) as s3:
        s3.seed("old", {"a": "1"})
    with mocked_s3(tier, buckets=["new"]) as s3:
        assert (s3.buckets, s3.objects) == (["new"], {})


@TIERS
def test_the_calls_are_those_of_the_code_not_of_the_test(tier: Any) -> None:
    with mocked_s3(tier, buckets=["raw"]) as s3:
        client().put_object(Bucket="raw", Key="a", Body=b"")
        s3.read("raw", "a")
        assert [str(call) for call in s3.calls] == ["PutObject(Bucket='raw', Key='a', Body=b'')"]


@TIERS
def test_a_failure_is_raised_as_botocore_raises_it_and_only_where_it_is_wanted(tier: Any) -> None:
    with mocked_s3(tier, buckets=["raw"]) as s3:
        s3.answer("PutObject", ServiceError("SlowDown", status=503), Key="a", times=1)
        with pytest.raises(ClientError, match=r"An error occurred \(SlowDown\) when calling the PutObject operation"):
            client().put_object(Bucket="raw", Key="a", Body=b"")
        client().put_object(Bucket="raw", Key="a", Body=b"")
        client().put_object(Bucket="raw", Key="b", Body=b"")
        assert len(s3.objects) == 2
        s3.assert_all_used()


def test_an_answer_that_was_never_asked_for_can_be_made_an_error() -> None:
    with mocked_s3("fake") as s3:
        s3.answer("GetObject", {})
        with pytest.raises(UnusedAnswerError, match="GetObject"):
            s3.assert_all_used()


def test_an_unknown_operation_is_refused_with_the_nearest() -> None:
    with mocked_s3("fake") as s3, pytest.raises(UsageError, match="unknown operation of S3 'PutObjects'; did you mean"):
        s3.answer("PutObjects", {})


def test_another_process_sees_the_server() -> None:
    code = "import boto3; print(boto3.client('s3').list_buckets()['Buckets'][0]['Name'])"
    with mocked_s3("embedded", buckets=["seen"]):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "seen", done.stderr


def test_the_machines_own_credentials_are_out_of_reach_and_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "real")
    monkeypatch.setenv("AWS_PROFILE", "production")
    with mocked_s3("fake", ["lake"]):
        assert (os.environ["AWS_SECRET_ACCESS_KEY"], "AWS_PROFILE" in os.environ) == ("testing-only", False)
        assert '"conn_type": "aws"' in os.environ["AIRFLOW_CONN_LAKE"]
    assert (os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_PROFILE"]) == ("real", "production")
    assert "AIRFLOW_CONN_LAKE" not in os.environ


def test_the_server_is_started_once_and_can_be_stopped() -> None:
    first = shared_server()
    assert shared_server() == first
    stop_shared_server()
    with pytest.raises(OSError, match="refused"):
        __import__("urllib.request").request.urlopen(first, timeout=2)
