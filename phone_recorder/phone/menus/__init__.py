"""The menus of the phone: pages that are tables, and what keys do on them."""
