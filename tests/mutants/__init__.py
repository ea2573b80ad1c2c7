"""Deliberate faults of the recorder, and the scenarios that notice them."""
