"""How messages travel: UDP, TCP and TLS, and the ways to find where to."""
