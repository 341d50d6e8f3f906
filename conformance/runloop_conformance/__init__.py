"""Tests any server of the contract, clause by clause, at a bounded number of started runs."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("runloop-benchmarks")
except PackageNotFoundError:  # a checkout that was never installed
    __version__ = "0+unknown"
