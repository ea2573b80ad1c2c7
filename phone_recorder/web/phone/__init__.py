"""The emulated phone's web page: the control API over HTTP and WebSocket, and what a browser shows of it."""
