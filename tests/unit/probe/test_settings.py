from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dagcheck.probe.settings import ProbeSettings


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.from_type(ProbeSettings))
def test_settings_survive_json(told: ProbeSettings) -> None:
    assert repr(ProbeSettings.from_json(told.to_json())) == repr(told)  # repr, so that nan is itself


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(st.from_type(ProbeSettings))
def test_settings_are_one_line(told: ProbeSettings) -> None:
    assert told.to_json().isprintable()


def test_a_setting_that_does_not_exist_is_our_error() -> None:
    with pytest.raises(TypeError, match="surprise"):
        ProbeSettings.from_json('{"rootdir": "/", "home": "/", "folders": [], "surprise": 1}')
