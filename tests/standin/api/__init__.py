"""The API half of the platform: one module a subject, each with its table of endpoints."""
