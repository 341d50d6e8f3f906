"""Conducts a run: what of the plan is still worth sending, when to stop, shrinking, replay and recheck."""
