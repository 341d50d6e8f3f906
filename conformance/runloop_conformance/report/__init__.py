"""One result object, and the ways to look at it."""
