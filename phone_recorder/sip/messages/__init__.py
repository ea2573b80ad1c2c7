"""SIP messages: read strictly, built, and looked at before their meaning is."""
