"""Metrics in StatsD form: one UDP datagram each, to the address that `[metrics]` of airflow.cfg names.

Airflow's own `Stats` has moved with nearly every version, and needs a package of its own; the protocol is one line.
Sending never waits and never fails a task: a metric that nobody takes is lost.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from typing import Literal

Kind = Literal["c", "g", "ms"]


def emit(name: str, value: float, kind: Kind) -> None:
    """Send one counter (`c`), gauge (`g`) or timing in milliseconds (`ms`); nothing if StatsD is switched off."""
    from airflow.configuration import conf

    if not conf.getboolean("metrics", "statsd_on", fallback=False):
        return
    host = conf.get("metrics", "statsd_host", fallback="localhost")
    port = conf.getint("metrics", "statsd_port", fallback=8125)
    prefix = conf.get("metrics", "statsd_prefix", fallback="airflow")
    figure = f"{value:.3f}".rstrip("0").rstrip(".")  # servers know no exponents
    line = f"{prefix}.{name}:{figure}|{kind}"
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(line.encode(), (host, port))
