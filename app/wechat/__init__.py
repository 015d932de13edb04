"""Our client of the platform: its token, its calls, its error codes, signing in on pages."""
