"""Decides the first version of the API: its addresses keep their names and shapes."""
