"""Floor 3: the emulated phone: its face, its call, the parties that speak in it."""
