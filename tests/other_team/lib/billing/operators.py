"""The team's own operator."""

from __future__ import annotations

from typing import Any

from airflow.models import BaseOperator


class InvoiceOperator(BaseOperator):  # type: ignore[misc]
    """Writes the invoices of one currency."""

    template_fields = ("bucket",)

    def __init__(self, *, currency: str, bucket: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.currency = currency
        self.bucket = bucket

    def execute(self, context: Any) -> str:
        """Return where the invoices are."""
        return f"{self.bucket}/{self.currency}/{context['ds']}"
