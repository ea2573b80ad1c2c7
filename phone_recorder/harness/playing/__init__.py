"""A case played: phone, parties, network, drive and servers under one clock, and the evidence of what came of it."""
