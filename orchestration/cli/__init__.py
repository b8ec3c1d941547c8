"""What `make` runs: the nightly job, its progress and its summary."""
