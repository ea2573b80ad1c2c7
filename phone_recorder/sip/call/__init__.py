"""Calls: dialogs, what is asked in them, and the states that they go through."""
