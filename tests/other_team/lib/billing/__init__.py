"""What the team's DAGs share."""
