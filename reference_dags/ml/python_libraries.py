"""E18: pandas, requests and scikit-learn inside tasks.

Use it as the way to bring any library into a task: import it in the function that needs it, give it plain data, and
return plain data.

Not for a library that the workers do not have: give such a task an environment of its own (`@task.virtualenv`,
`@task.docker`, a pod).

Easy to get wrong: an import at the top of the file costs seconds at every parse, on the scheduler too, and where the
library is missing all DAGs of the file are gone. `requests` waits for ever unless it is told not to. And a DataFrame
in XCom is kept in the metadata DB for good; pass a path or a few numbers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pendulum
from airflow.timetables.interval import CronDataIntervalTimetable

from common.compat import BaseHook, dag, task
from common.shop import TIMEZONE, days_before, local_day, orders_of, revenue

DAYS = 60


@task
def fetch_weather(data_interval_start: datetime | None = None) -> dict[str, float]:
    """Ask for the temperatures of the days before; by day, without those that the station did not measure."""
    import requests

    until, station = local_day(data_interval_start), BaseHook.get_connection("weather_api")
    url = f"{station.conn_type}://{station.host}:{station.port}/temperatures"
    answer = requests.get(url, params={"until": until.isoformat(), "days": DAYS}, timeout=(5, 30))
    answer.raise_for_status()
    return {one["day"]: float(one["celsius"]) for one in answer.json()["days"] if one["celsius"] is not None}


@task
def weekly_pattern(weather: dict[str, float], data_interval_start: datetime | None = None) -> list[dict[str, Any]]:
    """Join sales with the weather; return the mean revenue and temperature of each day of the week."""
    import pandas as pd

    days = days_before(local_day(data_interval_start), DAYS)
    sales = pd.DataFrame({"day": [str(day) for day in days], "cents": [revenue(orders_of(day)) for day in days]})
    table = sales.merge(pd.DataFrame({"day": list(weather), "celsius": list(weather.values())}), on="day")
    table["weekday"] = pd.to_datetime(table["day"]).dt.dayofweek
    means = table.groupby("weekday")[["cents", "celsius"]].mean().round(1).reset_index()
    return [{key: float(value) for key, value in row.items()} for row in means.to_dict("records")]


@task
def weather_effect(weather: dict[str, float], data_interval_start: datetime | None = None) -> dict[str, float]:
    """Fit a line; return how many cents a degree is worth, and how much of the sales that explains."""
    from sklearn.linear_model import LinearRegression

    days = [day for day in days_before(local_day(data_interval_start), DAYS) if str(day) in weather]
    degrees, cents = [[weather[str(day)]] for day in days], [revenue(orders_of(day)) for day in days]
    line = LinearRegression().fit(degrees, cents)
    return {"cents_per_degree": float(line.coef_[0]), "explained": float(line.score(degrees, cents))}


@dag(
    description="What the weather does to the sales",
    schedule=CronDataIntervalTimetable("0 4 * * 1", timezone=TIMEZONE),
    start_date=pendulum.datetime(2024, 1, 1, tz=TIMEZONE),
    catchup=False,
    default_args={
        "owner": "data-science",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(minutes=15),
    },
    doc_md=__doc__,
    tags=["reference", "ml"],
)
def python_libraries() -> None:
    """Fetch, then ask two questions."""
    weather = fetch_weather()
    weekly_pattern(weather)
    weather_effect(weather)


python_libraries()
