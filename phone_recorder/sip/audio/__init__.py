"""The audio of a call: offers and answers, and the port that RTP goes through."""
