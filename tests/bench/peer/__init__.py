"""django-helpdesk from PyPI beside the desk: in an environment of its own, with the same tickets in a database of its own."""
