"""The dates of a DAG's runs."""

from __future__ import annotations

from dagcheck.rundate import RunDate, moment_text

__all__ = ["RunDate", "moment_text"]
