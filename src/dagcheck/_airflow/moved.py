from __future__ import annotations


def new_home(module: str, name: str | None) -> str | None:
    return None


def provider_package(module: str) -> str | None:
    return None
