"""Thousands of emulated phones at once: a load on a record server, or on a bulk recorder."""
