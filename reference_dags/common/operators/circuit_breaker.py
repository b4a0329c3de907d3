"""A PythonOperator behind a circuit breaker."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from common.circuit import circuit
from common.compat import PythonOperator


class CircuitBreakerOperator(PythonOperator):
    """Call the function unless its circuit is open, which fails the task without a call.

    :param failure_threshold: failures in a row that open the circuit
    :param recovery_timeout: how long it then stays open before one call may probe
    :param circuit_variable: the Variable that holds it; tasks that call the same service share one
    """

    def __init__(
        self,
        *,
        failure_threshold: int = 5,
        recovery_timeout: timedelta = timedelta(minutes=5),
        circuit_variable: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if failure_threshold < 1:
            raise ValueError(f"failure_threshold is {failure_threshold}; it must be at least 1")
        self.failure_threshold = failure_threshold
        self.recovery_timeout = recovery_timeout
        self.circuit_variable = circuit_variable

    def execute(self, context: Any) -> Any:
        """Return what the function returns; raises what it raises, or CircuitOpenError."""
        variable = self.circuit_variable or f"circuit_{self.dag_id}_{self.task_id}"
        with circuit(variable, threshold=self.failure_threshold, recovery=self.recovery_timeout):
            return super().execute(context)
