"""`make bench`: figures of ours beside those of others, in one run. They are printed, never asserted."""
