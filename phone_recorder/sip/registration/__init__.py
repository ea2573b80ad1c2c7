"""This phone's place at its registrar (RFC 3261 section 10)."""
