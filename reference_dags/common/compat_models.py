"""As `common.compat`, for models that tasks hand over: only Airflow 3.0 does not know Pydantic's by itself."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from typing_extensions import Self


class XComModel(BaseModel):
    """A Pydantic model that a task may return; every version takes these two methods, 3.0 needs them."""

    def serialize(self) -> dict[str, Any]:
        """Return what is kept."""
        return self.model_dump(mode="json")

    @classmethod
    def deserialize(cls, data: dict[str, Any], version: int) -> Self:
        """Return the model again; raises pydantic.ValidationError for data that it does not allow."""
        del version  # of the layout; these models change by new fields with defaults alone
        return cls.model_validate(data)
