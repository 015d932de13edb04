"""Asking a form: questions as data, a pure engine, parsers, and drafts that outlive the talk."""
