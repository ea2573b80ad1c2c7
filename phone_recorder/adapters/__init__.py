"""Floor 2: the only sockets, threads, files and devices. OSError becomes our errors here and nowhere else."""
