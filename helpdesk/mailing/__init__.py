"""Decides what reports by mail say: the figures of the analytics, read with the eyes of the person they go to."""
