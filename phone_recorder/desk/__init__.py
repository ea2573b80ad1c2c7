"""Floor 4: the whole emulated phone, switched on: its calls, drive, sound and settings; it answers the control API."""
