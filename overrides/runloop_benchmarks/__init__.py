"""Starts benchmark runs on Runloop."""
