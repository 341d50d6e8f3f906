"""Servers to test the suite with: the reference, legal variants, single faults, and some that are wrong throughout."""
