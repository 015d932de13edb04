"""The demonstration: the service and the stand-in with its phone, side by side on one machine."""
