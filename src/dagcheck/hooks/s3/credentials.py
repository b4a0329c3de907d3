"""What the test's own S3 is entered with; MinIO wants a secret of eight characters at least."""

from __future__ import annotations

KEY = "testing"
SECRET = "testing-only"  # noqa: S105 -- opens nothing but the test's own server
