"""Decides how the API documents itself: Swagger from the shapes and operations, and the pages that show it."""
