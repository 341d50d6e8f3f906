"""Mutants that break a statement of the chapter `run`."""
