"""Checks of the stand-in itself, against the published vectors and a tiny service of their own."""
