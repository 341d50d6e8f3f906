"""The only place that opens a connection."""
