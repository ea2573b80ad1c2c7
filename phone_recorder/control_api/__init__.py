"""The methods that a phone answers: over HTTP and WebSocket, and as JSON-RPC on a socket. A table each for the emulated
phone and for the agent, with common rows.

A request is a struct; its kind says the method. What a phone shows and tells are structs too, so that each carrier
only turns JSON into them and back. Times are seconds, sizes bytes, levels dB below full scale.
"""

from phone_recorder.control_api.methods import *  # noqa: F403
from phone_recorder.control_api.requests import *  # noqa: F403
from phone_recorder.control_api.shown import *  # noqa: F403
