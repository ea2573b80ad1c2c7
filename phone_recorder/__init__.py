"""The call recording side of a desk IP phone: see README.md for the rooms of this house."""

__version__ = "0.1.0"
