"""The commands of `shishi`, one subject a file.

A module here imports only typer at its top and the rest inside its commands, so that `shishi --help` is quick.
"""
