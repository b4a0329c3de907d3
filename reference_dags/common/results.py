"""What tasks of several DAGs return, as models: both sides know the fields; see components/typed_results.py (A9)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from common.compat_models import XComModel


class ProcessingResult(XComModel):
    """How a piece of processing went."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    records: Annotated[int, Field(ge=0)]
    seconds: Annotated[float, Field(ge=0)]
    status: Literal["complete", "partial"]
    errors: tuple[str, ...] = ()
