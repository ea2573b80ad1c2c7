"""A run of scenarios: which cases are meant, played in several processes, and what came of each."""
