"""What came of a run, for people, for CI systems, and as a page with pictures and sound."""
