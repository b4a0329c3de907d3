"""Kubernetes' API server, as far as KubernetesPodOperator uses it: pods that start at once and end as the test says."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

from loopback import Reply, Request, Web

NOW = "2024-03-05T00:00:00Z"


class FakeKubernetes:
    """Pods by name. `exit_code` is how their containers end, `log` what they print, `refusal` what the server says."""

    def __init__(self, web: Web) -> None:
        self.pods: dict[str, dict[str, Any]] = {}
        self.made: list[dict[str, Any]] = []
        self.deleted: list[str] = []
        self.exit_code = 0
        self.log = "trained"
        self.refusal: tuple[int, str] | None = None
        self._url = web.url
        web.otherwise = self.answer

    @property
    def connection(self) -> dict[str, Any]:
        """The Airflow Connection that leads here."""
        config = {
            "apiVersion": "v1", "kind": "Config", "current-context": "test",
            "clusters": [{"name": "test", "cluster": {"server": self._url}}],
            "contexts": [{"name": "test", "context": {"cluster": "test", "user": "test"}}],
            "users": [{"name": "test", "user": {}}],
        }  # fmt: skip
        return {"conn_type": "kubernetes", "extra": {"kube_config": json.dumps(config), "in_cluster": False}}

    def answer(self, request: Request) -> Any:
        """Do what the API server would."""
        parts = request.path.strip("/").split("/")[4:]  # api/v1/namespaces/NAMESPACE/...
        if request.method == "POST" and parts == ["pods"]:
            return self._create(request.json)
        if parts and parts[0] == "events":
            return {"kind": "EventList", "apiVersion": "v1", "metadata": {}, "items": []}
        if parts == ["pods"]:
            return {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": self._selected(request)}
        if len(parts) < 2 or parts[1] not in self.pods:
            return Reply({"kind": "Status", "reason": "NotFound"}, 404)
        return self._of_pod(request, *parts[1:])

    def _selected(self, request: Request) -> list[Any]:
        """Know `a=b`, `a!=b`, `a` and `!a`, as label selectors do."""
        found = []
        for pod in self.pods.values():
            labels = pod["metadata"].get("labels", {})
            if all(_holds(term, labels) for term in request.query.get("labelSelector", "").split(",") if term):
                found.append(pod)
        return found

    def _create(self, pod: dict[str, Any]) -> Any:
        self.made.append(pod)
        if self.refusal is not None:
            return Reply({"kind": "Status", "message": self.refusal[1]}, self.refusal[0])
        pod["metadata"].update(namespace="ml", uid="u", creationTimestamp=NOW)
        pod["status"] = self._status(pod)
        self.pods[pod["metadata"]["name"]] = pod
        return Reply(pod, 201)

    def _status(self, pod: dict[str, Any]) -> dict[str, Any]:
        ended = {"exitCode": self.exit_code, "startedAt": NOW, "finishedAt": NOW, "reason": "Completed"}
        containers = [
            {"name": one["name"], "ready": False, "restartCount": 0, "image": one["image"], "imageID": "",
             "state": {"terminated": ended}} for one in pod["spec"]["containers"]
        ]  # fmt: skip
        return {"phase": "Failed" if self.exit_code else "Succeeded", "containerStatuses": containers, "startTime": NOW}

    def _of_pod(self, request: Request, name: str, *rest: str) -> Any:
        if rest == ("log",):
            return Reply(f"{datetime.now(timezone.utc).isoformat().replace('+00:00', 'Z')} {self.log}\n".encode())
        if request.method == "DELETE":
            self.deleted.append(name)
            return self.pods.pop(name)
        if request.method == "PATCH":
            self.pods[name]["metadata"].setdefault("labels", {}).update(request.json["metadata"].get("labels", {}))
        return self.pods[name]


def _holds(term: str, labels: dict[str, str]) -> bool:
    name, equal, value = term.partition("=")
    if not equal:
        return (name.lstrip("!") in labels) != name.startswith("!")
    if name.endswith("!"):
        return labels.get(name[:-1]) != value
    return labels.get(name) == value.lstrip("=")
