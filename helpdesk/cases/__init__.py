"""Decides how cases of another desk become tickets: how a file is read, what its words mean, which steps a case has taken."""
