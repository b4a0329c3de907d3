"""BigQuery's REST API, version 2, as far as hooks, clients and operators use it: requests in, resources out."""
