"""Builds the documentation into build/site, which opens from disk, without a server or a network: `make docs`."""
