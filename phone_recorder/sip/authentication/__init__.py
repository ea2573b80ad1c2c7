"""Challenges, and what answers them (RFC 3261 section 22)."""
