"""Makes moto_server fast enough for some hundred tests on two cores, without a change in what it answers.

Measured by sampling: it lists its own folder for every request (under a lock), and prints a line for each.
"""

import logging

from moto import backends


def hasten():
    modules = frozenset(backends.list_of_moto_modules())
    backends.list_of_moto_modules = lambda: modules
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
