"""Decides where uploads are kept and who looks through them: FILES_URL and CLAMAV_URL turned into what Django and the product take."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from project import env

EXAMPLE = "s3://bucket/folder?endpoint=https://storage.example.org&region=eu-1"
SCANNERS = "tcp://127.0.0.1:3310 or unix:///run/clamav/clamd.ctl"
OPTIONS = frozenset({"endpoint", "region"})


def from_environment() -> dict[str, Any]:
    """Return the options of the S3 storage of django-storages; empty without FILES_URL. Its keys are secrets of their own."""
    url = env.text("FILES_URL")
    if not url:
        return {}
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme != "s3" or not parts.hostname or parts.netloc != parts.hostname or not options.keys() <= OPTIONS:
        env.refuse("FILES_URL", f"must look like {EXAMPLE}.")
    endpoint = options.get("endpoint", "")
    if endpoint and not endpoint.startswith(("https://", "http://")):
        env.refuse("FILES_URL", f"names an endpoint without https://. It must look like {EXAMPLE}.")
    if find_spec("storages") is None or find_spec("boto3") is None:
        env.refuse("FILES_URL", "asks for a bucket: run `pip install -r requirements-s3.txt` first.")
    return {
        "bucket_name": parts.netloc,
        "location": parts.path.strip("/"),
        "endpoint_url": endpoint or None,
        "region_name": options.get("region") or None,
        "access_key": env.secret("FILES_KEY") or None,
        "secret_key": env.secret("FILES_SECRET") or None,
        "default_acl": None,
        # Names are random: nothing is asked before something is written, and nothing is written over.
        "file_overwrite": True,
    }


def scanner() -> dict[str, Any]:
    """Return where the ClamAV listens that looks through uploads: `path` of a socket, or `host` and `port`; empty without CLAMAV_URL."""
    url = env.text("CLAMAV_URL")
    if not url:
        return {}
    try:
        parts = urlsplit(url)
        port = parts.port or 3310
    except ValueError:
        env.refuse("CLAMAV_URL", f"must look like {SCANNERS}.")
    if parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1:
        return {"path": parts.path}
    if parts.scheme != "tcp" or not parts.hostname or parts.path or parts.query or parts.username:
        env.refuse("CLAMAV_URL", f"must look like {SCANNERS}.")
    return {"host": parts.hostname, "port": port}
