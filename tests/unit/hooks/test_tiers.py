from __future__ import annotations

from pathlib import Path

import pytest

from dagcheck.config import ConfigError, load
from dagcheck.errors import UsageError
from dagcheck.hooks import automatic
from dagcheck.hooks.automatic import automatic_tier, resolved
from dagcheck.hooks.postgres.programs import FOLDER_VARIABLE
from dagcheck.hooks.tiers import SERVICES, TierUnavailableError, choices

EVERY = dict.fromkeys(SERVICES, "embedded")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("embedded", EVERY),
        ("postgres=container,bigquery=fake", {"postgres": "container", "bigquery": "fake"}),
        (" embedded , postgres = container ", {**EVERY, "postgres": "container"}),
        ("postgres=container,embedded", {**EVERY, "postgres": "container"}),
        ("", {}),
    ],
)
def test_a_choice_is_for_all_services_or_for_those_it_names(text: str, meant: dict[str, str]) -> None:
    assert choices(text) == meant


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("embeded", "unknown tier 'embeded'; did you mean 'embedded'"),
        ("postgress=fake", "unknown service 'postgress'; did you mean 'postgres'"),
        ("postgres=", "unknown tier ''"),
    ],
)
def test_a_wrong_choice_is_told_with_the_nearest(text: str, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        choices(text)


def test_auto_is_never_a_container_and_what_is_chosen_stays() -> None:
    assert {automatic_tier(service) for service in SERVICES} <= {"fake", "embedded"}
    assert [resolved("postgres", tier) for tier in ("fake", "embedded", "container")] == [
        "fake", "embedded", "container"
    ]  # fmt: skip


def test_auto_is_fake_without_the_parts_of_the_embedded_tier(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    monkeypatch.setattr(automatic, "_SERVER", ("no_such_module",))
    monkeypatch.setattr(automatic, "ENGINE", ("no_such_module",))
    assert {automatic_tier(service) for service in SERVICES} == {"fake"}


def test_s3_has_no_tier_without_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automatic, "find_spec", lambda _: None)
    with pytest.raises(TierUnavailableError, match=r"pip install 'dagcheck\[mocks\]'"):
        automatic_tier("s3")


def test_the_option_is_laid_over_the_configuration_service_by_service(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dagcheck]\nbackend = "embedded"\n')
    config = load(tmp_path, {"backend": "postgres=container"})
    assert config.backend == {**EVERY, "postgres": "container"}
    assert [config.origin(f"backend.{service}") for service in ("postgres", "s3")] == [
        "--dagcheck-backend", "pyproject.toml"
    ]  # fmt: skip


def test_a_wrong_configuration_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.dagcheck]\nbackend = { postgres = "embeded" }\nimages = { mysql = "x" }\ntest_network = ["http://a"]\n'
    )
    with pytest.raises(ConfigError) as caught:
        load(tmp_path)
    text = str(caught.value)
    assert "[tool.dagcheck] backend: unknown tier 'embeded'; did you mean 'embedded'" in text
    assert "images" in text
    assert "test_network: expected a host" in text
