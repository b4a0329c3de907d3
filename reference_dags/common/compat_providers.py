"""As `common.compat`, for names that moved between versions of the providers; it imports those providers."""

from __future__ import annotations

try:
    from airflow.providers.http.operators.http import HttpOperator
except ImportError:  # before 4.7 of the HTTP provider
    from airflow.providers.http.operators.http import SimpleHttpOperator as HttpOperator

__all__ = ["HttpOperator"]
