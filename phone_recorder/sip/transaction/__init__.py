"""Requests and their answers, each of them once (RFC 3261 section 17)."""
