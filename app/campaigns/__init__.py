"""The yearly event: its calendar, its phases and what each allows, its file."""
