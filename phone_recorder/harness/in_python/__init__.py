"""Scenarios written in Python: the pytest plugin, its fixtures, and questions about what came of a call."""
