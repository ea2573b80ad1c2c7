"""Thousands of calls in one process: rows of arrays, and the fleets of phones that make them."""
