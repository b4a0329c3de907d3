"""S3 in a container: MinIO, or LocalStack where the image is so called."""

from __future__ import annotations

from dagcheck.hooks.containers import Recipe, shared_container
from dagcheck.hooks.s3.credentials import KEY, SECRET

MINIO = Recipe(
    port=9000,
    ready="/minio/health/live",
    command="server /data",
    environment={"MINIO_ROOT_USER": KEY, "MINIO_ROOT_PASSWORD": SECRET},
)
LOCALSTACK = Recipe(port=4566, ready="/_localstack/health", environment={"SERVICES": "s3"})


def container(image: str) -> str:
    """Return the URL of this process's own, started when it is first asked for; raises TierUnavailableError."""
    return shared_container("s3", image, LOCALSTACK if "localstack" in image else MINIO)
