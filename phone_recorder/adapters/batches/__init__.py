"""Datagrams by the thousand: received and sent in batches that are numpy arrays (extra `bulk`)."""
