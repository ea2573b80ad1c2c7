"""A scenario of what somebody did with a live phone: notes of the session, and the file that is written from them."""
