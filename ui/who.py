"""Who is at the screen."""

from __future__ import annotations

import getpass

from data.actors import Actor, Role


def actor() -> Actor:
    """The person at the screen; without accounts the one who started the program."""
    return Actor(name=getpass.getuser(), role=Role.ADMINISTRATOR)
