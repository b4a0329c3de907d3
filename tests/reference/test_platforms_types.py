"""Each type of operator and sensor against its own engine or fake, sensors both ways; and three systems in step."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any
from unittest.mock import create_autospec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loopback import Reply, Web, http_server

from dagcheck import Succeeds
from dagcheck.assertions import assert_dependencies

if TYPE_CHECKING:
    from dagcheck.hooks.generic import MockHook
    from dagcheck.hooks.postgres.mock import MockPostgres
    from dagcheck.hooks.s3.mock import MockS3
    from dagcheck.running.result import Run

DAY = "2024-03-05"


class FakeDocker:
    """Docker's client with the signatures of the real one; every container ends with `status`."""

    def __init__(self, hook: MockHook) -> None:
        from docker import APIClient

        self.client = create_autospec(APIClient, instance=True)
        self.client.images.return_value = ["there"]
        self.client.create_container.return_value = {"Id": "c1"}
        self.client.attach.side_effect = lambda *_, **__: iter([b"converted\n"])
        self.client.logs.side_effect = lambda *_, **__: [b"converted\n"]
        self.end_with(0)
        hook.answer("api_client", self.client).answer("client_created", value=True)

    def end_with(self, status: int) -> None:
        self.client.wait.return_value = {"StatusCode": status}


@pytest.fixture
def docker(mock_hook: Callable[[type], MockHook]) -> FakeDocker:
    from airflow.providers.docker.hooks.docker import DockerHook

    return FakeDocker(mock_hook(DockerHook))


@pytest.fixture
def store(tmp_path: Path, airflow_variables: Any) -> Path:
    airflow_variables.set(reference_store=str(tmp_path / "it's here; really"))
    return tmp_path / "it's here; really"


@pytest.fixture
def counted(mock_postgres: MockPostgres) -> MockPostgres:
    mock_postgres.add_connections("warehouse_db")
    mock_postgres.execute("CREATE TABLE file_counts (day date, lines integer)")
    return mock_postgres


@pytest.mark.pattern("E12", how="PostgreSQL, S3, strict fake of Docker")
def test_every_operator_does_its_part(
    store: Path, counted: MockPostgres, mock_s3: MockS3, docker: FakeDocker, same_with_airflow: Callable[..., Run]
) -> None:
    mock_s3.seed("shop-lake")
    run = same_with_airflow("operator_types", DAY)
    assert run.success
    assert run.xcom("make_file") == str(store / f"{DAY}.txt")  # a path that a shell would have taken apart
    assert counted.query("SELECT day::text, lines FROM file_counts") == [{"day": DAY, "lines": 12}]
    assert mock_s3.read("shop-lake", f"files/{DAY}.txt").decode().split() == [str(n) for n in range(1, 13)]
    created = docker.client.create_container.call_args.kwargs
    assert (created["image"], created["command"]) == (
        "registry.example.com/tools/convert:2.3.1", ["convert", "--day", DAY],
    )  # fmt: skip


@pytest.mark.pattern("E12", how="PostgreSQL, S3, strict fake of Docker")
@pytest.mark.usefixtures("store", "counted")
def test_a_container_that_fails_fails_its_task_alone(
    docker: FakeDocker, mock_s3: MockS3, run_dag: Callable[..., Run]
) -> None:
    mock_s3.seed("shop-lake")
    docker.end_with(3)
    run = run_dag("operator_types", DAY)
    assert {task_id for task_id, state in run.states.items() if state != "success"} == {"convert"}


@pytest.mark.pattern("E12", how="PostgreSQL, S3, strict fake of Docker")
@pytest.mark.usefixtures("store", "counted", "docker")
def test_a_bucket_that_is_not_there_fails_the_transfer_alone(mock_s3: MockS3, run_dag: Callable[..., Run]) -> None:
    assert mock_s3.buckets == []
    run = run_dag("operator_types", DAY)
    assert {task_id for task_id, state in run.states.items() if state != "success"} == {"move"}


class Waited:
    """What the sensors wait for; nothing is there at first."""

    def __init__(self, postgres: MockPostgres, s3: MockS3, web: Web, folder: Path) -> None:
        self.postgres, self.s3, self.web, self.folder = postgres, s3, web, folder
        postgres.execute("CREATE TABLE closings (day date)")
        s3.seed("shop-lake")
        web.route("GET /books", lambda _: {"closed": False})

    def file(self) -> None:
        (self.folder / DAY).mkdir()
        (self.folder / DAY / "done").touch()

    def object(self) -> None:
        self.s3.seed("shop-lake", {f"ready/{DAY}.json": "{}"})

    def service(self) -> None:
        self.web.route("GET /books", lambda _: {"closed": True})

    def row(self) -> None:
        self.postgres.seed("closings", [{"day": DAY}])


@pytest.fixture
def waited(mock_postgres: MockPostgres, mock_s3: MockS3, airflow_connections: Any, tmp_path: Path) -> Iterator[Waited]:
    mock_postgres.add_connections("warehouse_db")
    with http_server() as web:
        airflow_connections.set(shop_api=web.url, shop_files={"conn_type": "fs", "extra": {"path": str(tmp_path)}})
        yield Waited(mock_postgres, mock_s3, web, tmp_path)


NAMES = ("file", "object", "service", "row")
DONE = {"wait_for_task": Succeeds()}


@pytest.mark.pattern("E12", how="PostgreSQL, S3, HTTP server, files")
def test_all_sensors_see_what_is_there(waited: Waited, run_dag: Callable[..., Run]) -> None:
    for name in NAMES:
        getattr(waited, name)()
    run = run_dag("sensor_types", DAY, outcomes=DONE)
    assert run.success
    assert {len(run.tries[f"wait_for_{name}"]) for name in NAMES} == {1}


@pytest.mark.pattern("E12", how="PostgreSQL, S3, HTTP server, files")
@pytest.mark.parametrize("missing", NAMES)
def test_what_does_not_come_is_waited_for_until_the_timeout(
    waited: Waited, run_dag: Callable[..., Run], missing: str
) -> None:
    for name in set(NAMES) - {missing}:
        getattr(waited, name)()
    run = run_dag("sensor_types", DAY, outcomes=DONE)
    tries = run.tries[f"wait_for_{missing}"]
    assert {task_id for task_id, state in run.states.items() if state == "failed"} == {f"wait_for_{missing}"}
    assert {one.state for one in tries[:-1]} == {"up_for_reschedule"}
    assert 2 * 3_600 <= (tries[-1].end - tries[0].start).total_seconds() <= 2 * 3_600 + 900
    assert run.state("go") == "upstream_failed"


@pytest.mark.pattern("E12", how="PostgreSQL, S3, HTTP server, files")
def test_an_error_is_not_a_condition_that_is_not_met(waited: Waited, run_dag: Callable[..., Run]) -> None:
    for name in NAMES:
        getattr(waited, name)()
    waited.postgres.execute("DROP TABLE closings")
    waited.web.route("GET /books", lambda _: Reply(b"<html>"))
    run = run_dag("sensor_types", DAY, outcomes=DONE)
    for name in ("row", "service"):
        assert [one.state for one in run.tries[f"wait_for_{name}"]] == ["up_for_retry", "failed"]


@pytest.mark.pattern("E12", how="PostgreSQL, S3, HTTP server, files")
def test_a_task_of_another_dag_that_never_ran_lets_nothing_start(
    waited: Waited, same_with_airflow: Callable[..., Run]
) -> None:
    for name in NAMES:
        getattr(waited, name)()
    run = same_with_airflow("sensor_types", DAY)
    assert (run.state("wait_for_task"), run.state("go")) == ("failed", "upstream_failed")


@pytest.mark.pattern("E12", how="dag.test() of both DAGs, PostgreSQL, S3, HTTP server, files")
def test_a_task_of_another_dag_that_succeeded_lets_it_start(waited: Waited, run_dag: Callable[..., Run]) -> None:
    for name in NAMES:
        getattr(waited, name)()
    run = run_dag("sensor_types", DAY, engine="airflow", after=["etl_basics"])
    assert {len(run.tries[f"wait_for_{name}"]) for name in (*NAMES, "task")} == {1}
    assert run.success


@pytest.mark.pattern("E12")
def test_the_task_of_another_dag_is_there_and_on_the_same_schedule(dagbag: Any) -> None:
    own, other = dagbag["sensor_types"], dagbag["etl_basics"]
    assert "load" in other.task_ids
    assert own.timetable.serialize() == other.timetable.serialize()


@pytest.mark.pattern("E12")
def test_nothing_starts_before_all_of_it_is_there() -> None:
    assert_dependencies(
        "sensor_types", "[wait_for_file, wait_for_object, wait_for_task, wait_for_service, wait_for_row] >> go"
    )


@pytest.fixture(scope="module")
def sync(module_of: Callable[[str], ModuleType]) -> ModuleType:
    return module_of("multi_system_sync")


@pytest.fixture
def systems(
    mock_s3: MockS3, airflow_connections: Any, airflow_variables: Any, tmp_path: Path
) -> Iterator[tuple[dict[str, Any], MockS3]]:
    """Support has Ann's newest address, the CRM alone knows Bo; what is PUT is kept."""
    airflow_variables.set(reference_store=str(tmp_path))
    contacts = {"a1": {"contactId": "a1", "mail": "ann@new.example", "updatedAt": "2024-03-05T10:00:00+01:00"}}
    export = [
        {"Id": "A1", "Email": "Ann@Old.example ", "LastModified": "2024-03-05T09:30:00Z"},
        {"Id": "B2", "Email": "bo@example.com", "LastModified": "2024-03-01T00:00:00Z"},
    ]
    export[0]["LastModified"] = "2024-03-05T08:30:00Z"  # half an hour before support's 9:00 UTC
    mock_s3.seed("shop-crm", {"export/customers.jsonl": "\n".join(map(json.dumps, export))})
    with http_server() as web:
        airflow_connections.set(support_api=web.url)
        web.route("GET /contacts", lambda _: {"items": list(contacts.values()), "next": None})
        web.otherwise = lambda request: contacts.update(
            {request.path[-2:]: {"contactId": request.path[-2:], **request.json}}
        )
        yield contacts, mock_s3


@pytest.mark.pattern("E13", how="HTTP server, S3")
def test_three_systems_agree_and_a_second_run_tells_nobody_anything(
    systems: tuple[dict[str, Any], MockS3], run_dag: Callable[..., Run], same_with_airflow: Callable[..., Run]
) -> None:
    contacts, s3 = systems
    first = run_dag("multi_system_sync", DAY)
    assert [first.xcom(f"write_{name}") for name in ("support", "crm", "shop")] == [1, 1, 2]
    assert {key: one["mail"] for key, one in contacts.items()} == {"a1": "ann@new.example", "b2": "bo@example.com"}
    (imported,) = [text for url, text in s3.objects.items() if "/import/" in url]
    assert json.loads(imported) == {
        "Id": "a1", "Email": "ann@new.example", "LastModified": "2024-03-05T09:00:00+00:00",
    }  # fmt: skip
    s3.seed("shop-crm", {"export/customers.jsonl": "\n".join([imported.decode(), json.dumps(
        {"Id": "b2", "Email": "bo@example.com", "LastModified": "2024-03-01T00:00:00Z"})])})  # fmt: skip
    again = same_with_airflow("multi_system_sync", DAY)
    assert [again.xcom(f"write_{name}") for name in ("support", "crm", "shop")] == [0, 0, 0]


@pytest.mark.pattern("E13", how="HTTP server, S3")
def test_while_one_system_cannot_be_read_none_is_written(
    systems: tuple[dict[str, Any], MockS3], run_dag: Callable[..., Run]
) -> None:
    contacts, s3 = systems
    line = '{"Id": "a1", "Email": "x@example.com", "LastModified": "2024-03-05T08:30:00"}'
    s3.seed("shop-crm", {"export/customers.jsonl": line})
    run = run_dag("multi_system_sync", DAY)
    assert run.errors["read_crm"].message == "crm: a1: '2024-03-05T08:30:00' has no timezone"
    assert {run.state(f"write_{name}") for name in ("support", "crm", "shop")} == {"upstream_failed"}
    assert list(contacts) == ["a1"]


RECORDS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abc"), "email": st.sampled_from(["x", "y", "z"]),
                           "changed": st.sampled_from(["1", "2", "3"]), "source": st.sampled_from(["crm", "shop"])}),
    max_size=8,
)  # fmt: skip


@pytest.mark.pattern("E13")
@settings(deadline=None)
@given(records=RECORDS, data=st.data())
def test_the_newest_wins_whoever_is_read_first_and_told_systems_agree(
    sync: ModuleType, records: list[Any], data: st.DataObject
) -> None:
    unique = list({(one["id"], one["changed"], one["source"]): one for one in records}.values())
    wanted = sync.newest(unique)
    assert wanted == sync.newest(data.draw(st.permutations(unique)))
    assert all(wanted[one["id"]]["changed"] >= one["changed"] for one in unique)
    there = list(sync.newest(one for one in unique if one["source"] == "crm").values())
    told = sync.differences(wanted, there)
    after = {**{one["id"]: one["email"] for one in there}, **{one["id"]: one["email"] for one in told}}
    assert after == {key: one["email"] for key, one in wanted.items()}
