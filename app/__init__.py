"""The service: rooms that know the work of a union, and doors that let people in."""
