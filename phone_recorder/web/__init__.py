"""Floor 4: the record server's web page and JSON API."""
