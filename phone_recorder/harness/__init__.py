"""Floor 4: the stage on which phone, stick, server and network are set up together, and run under either clock."""
