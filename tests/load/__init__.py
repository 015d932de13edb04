"""Many people at once: slow runs, for `make test-long`."""
