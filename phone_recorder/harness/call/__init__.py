"""One call as a user asks for it: set up, run live or fast, over SIP or not, and what came of it."""
