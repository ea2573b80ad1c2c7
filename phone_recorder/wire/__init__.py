"""Floor 0: bytes to values and back. No clock, no I/O, no randomness."""
