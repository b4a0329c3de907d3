from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st

# A busy machine is no failure, and nothing is kept between runs.
settings.register_profile("unit", deadline=None, database=None)
settings.load_profile("unit")

# Every number of a record or spec is a duration; pydantic 2.4 can not read the others from JSON.
st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))
