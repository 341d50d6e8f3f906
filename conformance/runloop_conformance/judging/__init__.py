"""Exchanges and clauses in, findings and a verdict out. Pure: no network, no clock, no hidden state."""
