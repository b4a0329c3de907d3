"""Mocked hooks: the user's code and the provider's hook run, what answers at the other end is ours."""
