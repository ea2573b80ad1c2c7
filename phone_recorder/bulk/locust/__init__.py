"""Phones for Locust: its users call a record server, its page and statistics show how that goes (extra `locust`).

phone_user.py alone imports locust, which patches the standard library; the other files need gevent and no more.
"""
