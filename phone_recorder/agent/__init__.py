"""The on-device agent: the recorder beside the phone's own program, which drives it over a socket."""
