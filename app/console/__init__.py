"""The operators' pages, in the shell of starlette-admin."""
