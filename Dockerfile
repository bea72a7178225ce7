# HelpDesk in a container: pages by default; `python manage.py worker` for the background work. Everything it writes is in /data.
FROM python:3.12-slim-bookworm

# Backups of PostgreSQL need its client programs, of the server's version or newer.
RUN apt-get update \
    && apt-get install -y --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 1000 --home-dir /opt/helpdesk helpdesk \
    && install -d -o helpdesk -m 700 /data

WORKDIR /opt/helpdesk
COPY requirements.txt requirements-postgres.txt requirements-celery.txt requirements-s3.txt constraints.txt ./
RUN pip install --no-cache-dir -r requirements-postgres.txt -r requirements-celery.txt -r requirements-s3.txt -r requirements.txt
COPY manage.py ./
COPY project project
COPY helpdesk helpdesk
COPY admin_ext admin_ext
COPY fixtures fixtures
RUN python -m compileall -q project helpdesk admin_ext

ENV VAR_DIR=/data LISTEN_HOST=0.0.0.0 PORT=8000 PYTHONUNBUFFERED=1
USER helpdesk
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/livez', timeout=2)"]
CMD ["python", "-m", "project.web"]
