"""EMR's end of the line: clusters and steps that live as EMR's do, asked with parameters that the real client takes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

OK = {"ResponseMetadata": {"HTTPStatusCode": 200}}


class FakeEmr:
    """A client of EMR. Every step is told as PENDING, then RUNNING, then with the outcome that the test chose.

    `work` is what the steps do, called with a step's arguments when it ends well. `refuses` names operations that
    raise. Parameters that the service model does not know, or lacks, are botocore's own ParamValidationError.
    """

    def __init__(self, outcome: str = "COMPLETED", work: Callable[[list[str]], None] = lambda _arguments: None) -> None:
        self.outcome = outcome
        self.work = work
        self.refuses: dict[str, Exception] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.clusters: dict[str, dict[str, Any]] = {}
        self.meta = SimpleNamespace(client=self, region_name="eu-west-1", partition="aws")

    def mock(self, hook: Any) -> FakeEmr:
        """Stand behind a mocked EmrHook, whose own methods run."""
        hook.answer("conn", self)
        hook.pass_through(*(name for name in hook.methods if name != "conn"))
        return self

    @property
    def running(self) -> list[str]:
        """The clusters that cost money."""
        return [name for name, one in self.clusters.items() if not one["State"].startswith("TERMINATED")]

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Every step that any cluster was given."""
        return [step for cluster in self.clusters.values() for step in cluster["Steps"]]

    def start(self, name: str, state: str = "WAITING") -> str:
        """Let there be a cluster that somebody else has made."""
        return self._made({"Name": name}, state)

    def __getattr__(self, name: str) -> Any:
        """One operation of the service, by the name that boto3 gives it."""
        from botocore import xform_name

        operations = {xform_name(one): one for one in _service().operation_names}
        if name not in operations:
            raise AttributeError(name)
        return functools.partial(self._call, name, operations[name])

    def get_paginator(self, name: str) -> Any:
        """Return one whose only page is the whole answer."""
        fake = self

        class Paginator:
            def paginate(self, **parameters: Any) -> list[Any]:
                return [getattr(fake, name)(**parameters)]

        return Paginator()

    def _call(self, name: str, operation: str, /, **parameters: Any) -> dict[str, Any]:
        from botocore.exceptions import ParamValidationError
        from botocore.validate import ParamValidator

        report = ParamValidator().validate(parameters, _service().operation_model(operation).input_shape)
        if report.has_errors():
            raise ParamValidationError(report=report.generate_report())
        self.calls.append((name, parameters))
        if name in self.refuses:
            raise self.refuses[name]
        answer: dict[str, Any] = getattr(self, f"_{name}")(**parameters)
        return {**OK, **answer}

    def _run_job_flow(self, **parameters: Any) -> dict[str, Any]:
        return {"JobFlowId": self._made(parameters, "WAITING")}

    def _made(self, parameters: dict[str, Any], state: str) -> str:
        name = f"j-{len(self.clusters) + 1}"
        self.clusters[name] = {**parameters, "State": state, "Steps": []}
        return name

    def _add_job_flow_steps(self, **given: Any) -> dict[str, Any]:
        steps = self.clusters[given["JobFlowId"]]["Steps"]
        new = [{**step, "Id": f"s-{len(steps) + number}", "Told": 0} for number, step in enumerate(given["Steps"], 1)]
        steps.extend(new)
        return {"StepIds": [step["Id"] for step in new]}

    def _describe_step(self, **given: Any) -> dict[str, Any]:
        step = next(one for one in self.clusters[given["ClusterId"]]["Steps"] if one["Id"] == given["StepId"])
        state = (["PENDING", "RUNNING"][step["Told"] :] or [self.outcome])[0]
        step["Told"] += 1
        if state == "COMPLETED":
            self.work(step["HadoopJarStep"]["Args"])
        failed = {"FailureDetails": {"Reason": "Unknown Error", "Message": "exit 1"}} if state == "FAILED" else {}
        return {"Step": {"Id": step["Id"], "Name": step["Name"], "Status": {"State": state, **failed}}}

    def _describe_cluster(self, **given: Any) -> dict[str, Any]:
        cluster = self.clusters[given["ClusterId"]]
        return {"Cluster": {"Id": given["ClusterId"], "Name": cluster["Name"], "Status": {"State": cluster["State"]}}}

    def _list_clusters(self, **given: Any) -> dict[str, Any]:
        wanted = given.get("ClusterStates")
        found = [
            {"Id": key, "Name": one["Name"]}
            for key, one in self.clusters.items()
            if not wanted or one["State"] in wanted
        ]
        return {"Clusters": found}

    def _terminate_job_flows(self, **given: Any) -> dict[str, Any]:
        for cluster_id in given["JobFlowIds"]:
            self.clusters[cluster_id]["State"] = "TERMINATED"
        return {}


@functools.cache
def _service() -> Any:
    from botocore.session import get_session

    return get_session().get_service_model("emr")
