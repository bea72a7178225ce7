"""Decides the shapes of what the API takes and gives; Swagger describes these classes, so they cannot disagree."""
