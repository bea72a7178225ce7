"""Decides whether the desk is well: what a load balancer is told, what `manage.py doctor` says, what is counted for Prometheus."""
