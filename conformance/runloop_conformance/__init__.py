"""Tests servers against the contract."""
