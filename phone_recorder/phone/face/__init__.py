"""What the phone shows: the record indicator, the screen, the lamps of its keys, in English and Chinese."""
