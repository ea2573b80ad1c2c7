"""The record server's web pages and JSON API."""
