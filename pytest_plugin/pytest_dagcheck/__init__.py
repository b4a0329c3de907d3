"""The pytest plugin of dagcheck; all of it sleeps until `--dagcheck` asks for it."""
