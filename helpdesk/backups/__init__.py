"""Decides how the desk is kept safe: a file with the database and all uploads, and the way back from it."""

from helpdesk.backups.archive import make
from helpdesk.backups.engines import Trouble
from helpdesk.backups.keeping import newest, rotate
from helpdesk.backups.restoring import check, restore
from helpdesk.backups.sealing import make_key

__all__ = ["Trouble", "check", "make", "make_key", "newest", "restore", "rotate"]
