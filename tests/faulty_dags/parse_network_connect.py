"""Connects to another machine while it is parsed."""

import socket
from datetime import datetime

from airflow import DAG

with socket.create_connection(("192.0.2.1", 443), timeout=60) as warehouse:  # expect: parse-network @here contains "192.0.2.1:443"
    TABLES = warehouse.recv(1000).decode().split()

with DAG("parse_network_connect", start_date=datetime(2024, 1, 1), schedule="@daily"):
    pass
