"""Intake of forms: Word files and lists of unions and departments, read, checked, imported and undone."""
