"""What can keep a demonstration from running. Pure."""


class CannotRun(Exception):
    """Carries the sentences for whoever started it, and nothing for a programmer."""
