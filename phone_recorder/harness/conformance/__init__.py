"""Any record server by its address, held against the guide: control cases one after the other, each on its own."""
