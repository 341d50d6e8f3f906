"""The values that the stages hand on: probes, exchanges, recordings."""
