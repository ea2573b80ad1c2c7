"""Floor 5: the command line. The only room that knows click; a file for each command."""
