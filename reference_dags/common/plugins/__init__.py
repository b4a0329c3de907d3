"""Plugins of Airflow: point `[core] plugins_folder` at this folder."""
