from __future__ import annotations

from hypothesis import settings

# A busy machine is no failure, and nothing is kept between runs.
settings.register_profile("unit", deadline=None, database=None)
settings.load_profile("unit")
