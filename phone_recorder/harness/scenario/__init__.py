"""A scenario's file: its words, its errors with line and key, and the cases that it stands for."""
