"""Two sides of a call, each in a file, mixed to one: for archives of what was recorded a leg at a time."""
