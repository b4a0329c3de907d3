"""S3 for tests: moto, in this process or as a server on loopback."""
