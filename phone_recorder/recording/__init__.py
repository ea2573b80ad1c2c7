"""Floor 1: the recorder, pure. Time, ids and randomness are arguments; datagrams, keys and answers come in."""
