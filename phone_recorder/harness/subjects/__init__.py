"""Devices under test other than our own phone: a record server, a phone that records to our server, a real agent."""
