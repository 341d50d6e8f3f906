"""What `pytest --pyargs runloop_conformance --server URL` runs."""

from runloop_conformance.pytest_plugin import test_clause

__all__ = ["test_clause"]
