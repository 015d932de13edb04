"""The chat door: what the platform pushes comes in here, and a passive reply goes out."""
