"""Floor 0: samples. No clock, no I/O."""
