"""Floor 3: the record server: control connections, and a receiver for each recording."""
