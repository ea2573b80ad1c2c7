"""A whole machine for tests: Debian's kernel under QEMU, its USB sticks plugged and pulled as real ones are."""
