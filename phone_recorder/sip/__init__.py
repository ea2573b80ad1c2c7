"""Floor 2: the phone's SIP user agent; messages are read by aiosipua, all that happens to them is here."""
