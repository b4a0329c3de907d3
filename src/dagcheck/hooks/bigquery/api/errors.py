"""Errors as BigQuery's API sends them."""

from __future__ import annotations

from typing import Any

from dagcheck.hooks.bigquery.results import BigQueryError

# https://cloud.google.com/bigquery/docs/error-messages: the status of HTTP of each reason.
_STATUS = {
    "accessDenied": 403,
    "backendError": 503,
    "billingNotEnabled": 403,
    "conditionNotMet": 412,
    "duplicate": 409,
    "internalError": 500,
    "notFound": 404,
    "quotaExceeded": 403,
    "rateLimitExceeded": 403,
    "responseTooLarge": 403,
    "timeout": 400,
}
# google.rpc.Code, as the field `status` of an error has it.
_NAMES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
          409: "ALREADY_EXISTS", 412: "FAILED_PRECONDITION", 500: "INTERNAL", 503: "UNAVAILABLE"}  # fmt: skip


class ServiceError(Exception):
    """An error of BigQuery: `notFound`, `duplicate`, `invalidQuery`, `rateLimitExceeded`, `backendError` and so on.

    Clients try again after `rateLimitExceeded`, `backendError` and `internalError`. The status of HTTP is the reason's
    own unless it is given.
    """

    def __init__(self, reason: str, message: str = "", status: int | None = None) -> None:
        super().__init__(message or reason)
        self.reason = reason
        self.message = message or reason
        self.status = status

    @property
    def code(self) -> int:
        """The status of HTTP."""
        return self.status or _STATUS.get(self.reason, 400)

    def proto(self) -> dict[str, Any]:
        """Return an ErrorProto, as in the status of a job."""
        location = {"location": "query"} if self.reason == "invalidQuery" else {}
        return {"reason": self.reason, "message": self.message, **location}

    def body(self) -> dict[str, Any]:
        """Return the body of an answer over HTTP."""
        return {
            "error": {
                "code": self.code,
                "message": self.message,
                "errors": [{**self.proto(), "domain": "global"}],
                "status": _NAMES.get(self.code, "UNKNOWN"),
            }
        }


def not_found(kind: str, name: object) -> ServiceError:
    """Return the error for a table, dataset or job that is not there."""
    return ServiceError("notFound", f"Not found: {kind} {name}")


def invalid(message: str) -> ServiceError:
    """Return the error for a request that cannot be meant."""
    return ServiceError("invalid", message)


def as_service_error(error: Exception) -> ServiceError:
    """Return what the API sends for an error of the engine, or for one that a test gave as an answer.

    An exception of google.api_core has the status, and perhaps the reason.
    """
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, BigQueryError):
        return ServiceError(error.reason, error.message)
    code = getattr(error, "code", None)
    if isinstance(code, int):
        first = next(iter(getattr(error, "errors", None) or [{}]))
        by_status = {status: reason for reason, status in reversed(_STATUS.items())}
        return ServiceError(
            first.get("reason") or by_status.get(code, "invalid"), str(getattr(error, "message", error)), code
        )
    return ServiceError("invalidQuery", str(error) or type(error).__name__)
