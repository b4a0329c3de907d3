"""An Airflow DAG file whose exception travels through a handler that fails as well."""

try:
    import no_such_package_anywhere
except ImportError:
    raise RuntimeError("set up first")  # expect: import-error contains "no_such_package_anywhere"
