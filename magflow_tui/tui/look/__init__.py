"""Colours, signs and language, and their change while the dashboard runs."""
