"""Measurements that nobody runs by accident: `make bench` prints them. CPU seconds, because machines are noisy."""
