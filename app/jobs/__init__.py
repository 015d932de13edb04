"""Background work of a process: delivering what is owed, keeping house."""
