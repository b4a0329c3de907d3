"""S3 for one test: S3Hook, boto3 and operators run as they are, moto stands at the far end."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from dagcheck.errors import UsageError, unknown
from dagcheck.hooks.answers import Answer, Call
from dagcheck.hooks.automatic import has_moto_server, resolved
from dagcheck.hooks.book import Book
from dagcheck.hooks.containers import IMAGES
from dagcheck.hooks.environment import Connected, environment
from dagcheck.hooks.s3.container import container
from dagcheck.hooks.s3.credentials import KEY, SECRET
from dagcheck.hooks.s3.server import empty, shared_server
from dagcheck.hooks.tiers import Choice, Tier, TierUnavailableError
from dagcheck.replacing import replaced

_REGION = "us-east-1"
# Nothing of the machine's own credentials; boto3 looks into all of these.
_ENVIRONMENT: dict[str, str | None] = {
    "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": _REGION,
    "AWS_REGION": _REGION, "AWS_SESSION_TOKEN": None, "AWS_SECURITY_TOKEN": None, "AWS_PROFILE": None,
    "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null", "AWS_EC2_METADATA_DISABLED": "true",
}  # fmt: skip


class MockS3:
    """The test's side: objects to seed and to look at, calls that were made, failures to answer with."""

    def __init__(self, tier: Tier, client: Any, connected: Connected) -> None:
        self.tier = tier
        self._client = client
        self._connected = connected
        self._book = Book("S3")

    def add_connections(self, *conn_ids: str) -> MockS3:
        """Let these Airflow connections lead here too, until the test ends."""
        self._connected.add(conn_ids)
        return self

    def seed(self, bucket: str, objects: Mapping[str, str | bytes] | None = None) -> MockS3:
        """Create a bucket if it is not there, and put objects, by key, into it."""
        if bucket not in self.buckets:
            self._client.create_bucket(Bucket=bucket)
        for key, body in (objects or {}).items():
            self._client.put_object(Bucket=bucket, Key=key, Body=body.encode() if isinstance(body, str) else body)
        return self

    @property
    def buckets(self) -> list[str]:
        """The names of all buckets."""
        return [bucket["Name"] for bucket in self._client.list_buckets()["Buckets"]]

    @property
    def objects(self) -> dict[str, bytes]:
        """Every object by its URL, `s3://bucket/key`."""
        found = {}
        for bucket in self.buckets:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket):
                found.update(
                    {f"s3://{bucket}/{one['Key']}": self.read(bucket, one["Key"]) for one in page.get("Contents", ())}
                )
        return found

    def read(self, bucket: str, key: str) -> bytes:
        """Return an object; raises what boto3 raises for one that is not there."""
        body: bytes = self._client.get_object(Bucket=bucket, Key=key)["Body"].read()
        return body

    def answer(self, operation: str, value: Any, *, times: int | None = None, **when: Any) -> MockS3:
        """Answer calls of an API operation such as `PutObject` instead of moto, for example with a `ServiceError`.

        `when` are the API's own parameters (`Bucket`, `Key`), see `dagcheck.hooks.answers.Answer`. Only calls through
        boto3 in this process are heard, not those of aiobotocore. Raises UsageError for an unknown operation.
        """
        known = self._client.meta.service_model.operation_names
        if operation not in known:
            raise UsageError(unknown("operation of S3", operation, known))
        given = value.of(operation) if isinstance(value, ServiceError) else value
        self._book.add(Answer(method=operation, value=given, when=when, times=times))
        return self

    @property
    def calls(self) -> list[Call]:
        """Every call of the S3 API through boto3 in this process, in order, but for the test's own."""
        return list(self._book.calls)

    def reset(self) -> None:
        """Delete every bucket with what is in it."""
        for url in self.objects:
            bucket, _, key = url.removeprefix("s3://").partition("/")
            self._client.delete_object(Bucket=bucket, Key=key)
        for bucket in self.buckets:
            self._client.delete_bucket(Bucket=bucket)

    def verify(self, *, strict_answers: bool = False) -> None:
        """With `strict_answers`, raise UnusedAnswerError for an answer that nothing asked for."""
        self._book.verify(strict_answers=strict_answers)

    def assert_all_used(self) -> None:
        """Raise UnusedAnswerError (an AssertionError) if an answer was never asked for."""
        self._book.raise_unused()

    def on_call(self, real: Callable[..., Any], client: Any, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Stand in for botocore's `_make_api_call`."""
        if client is self._client or client.meta.service_model.service_name != "s3":
            return real(client, operation, parameters)
        call = Call(method=operation, arguments=dict(parameters))  # botocore changes its own
        return self._book.reply_or(call, lambda: real(client, operation, parameters))


@dataclass(frozen=True, slots=True)
class ServiceError:
    """An answer of S3 that botocore raises as ClientError: `SlowDown`, `AccessDenied`, `NoSuchKey` and so on."""

    code: str
    message: str = ""
    status: int = 400

    def of(self, operation: str) -> Callable[..., Any]:
        """Return an answer to an operation that raises it."""
        from botocore.exceptions import ClientError

        error = {"Code": self.code, "Message": self.message or self.code}
        answer = {"Error": error, "ResponseMetadata": {"HTTPStatusCode": self.status}}

        def fail(**_: Any) -> Any:
            raise ClientError(answer, operation)

        return fail


@contextmanager
def mocked_s3(
    tier: Choice = "auto",
    conn_ids: Sequence[str] = ("aws_default",),
    buckets: Sequence[str] = (),
    *,
    image: str = IMAGES["s3"],
    strict_answers: bool = False,
) -> Iterator[MockS3]:
    """Stand behind S3Hook, boto3 and the operators until the block ends, with these buckets, empty.

    `fake` is moto in this process: the fastest, but asynchronous code and other processes do not see it. `embedded` is
    moto's server on loopback, which everybody sees. `container` is MinIO or LocalStack, as `image` says. `auto` is
    `embedded` where the server's parts are installed (`moto[server]`), else `fake`. With `strict_answers`, an answer
    that nothing asked for is an error at the end. Raises TierUnavailableError for a tier that cannot run here.
    """
    chosen = _able(resolved("s3", tier))
    with (
        _far_end(chosen, image) as endpoint,
        environment({**_ENVIRONMENT, "AWS_ENDPOINT_URL": endpoint}),
        Connected(_fields(endpoint)) as connected,
    ):
        mock = MockS3(chosen, _client(endpoint), connected)
        if chosen == "container":
            mock.reset()
        mock.add_connections(*conn_ids)
        for bucket in buckets:
            mock.seed(bucket)
        with _heard(mock):
            yield mock
        mock.verify(strict_answers=strict_answers)


def _client(endpoint: str | None) -> Any:
    """Return a client of its own; a session that belongs to the test's code could be one that it has changed."""
    import boto3
    from botocore.session import Session

    session = Session()
    session.register_component("data_loader", _models())
    return boto3.Session(botocore_session=session).client("s3", region_name=_REGION, endpoint_url=endpoint)


@functools.cache
def _models() -> Any:
    """What describes S3 to botocore, which each session reads anew: a tenth of a second of every test."""
    from botocore.loaders import create_loader

    return create_loader()


def _able(tier: Tier) -> Tier:
    """Raise TierUnavailableError where moto is needed and missing."""
    if tier != "container" and not has_moto_server() and tier == "embedded":
        raise TierUnavailableError("moto's server is not installed: pip install 'moto[server]'")
    return tier


def _fields(endpoint: str | None) -> dict[str, object]:
    extra = {"region_name": _REGION, **({"endpoint_url": endpoint} if endpoint else {})}
    return {"conn_type": "aws", "login": KEY, "password": SECRET, "extra": extra}


@contextmanager
def _far_end(tier: Tier, image: str) -> Iterator[str | None]:
    """Yield the address of the server; None in process."""
    if tier == "container":
        yield container(image)
        return
    if tier == "embedded":
        address = shared_server()
        empty(address)
        yield address
        return
    import moto

    with moto.mock_aws() if hasattr(moto, "mock_aws") else moto.mock_s3():  # moto 4 has one for each service
        yield None


@contextmanager
def _heard(mock: MockS3) -> Iterator[None]:
    from botocore.client import BaseClient

    real = vars(BaseClient)["_make_api_call"]

    def call(client: Any, operation_name: str, api_params: Mapping[str, Any]) -> Any:
        return mock.on_call(real, client, operation_name, api_params)

    with replaced(BaseClient, _make_api_call=call):  # every client's one door
        yield
