"""Recordings listened to, by numpy: likeness, level, tone, silence, clicks. Arrays of samples in, figures out."""
