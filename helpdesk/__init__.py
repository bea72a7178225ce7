"""The help desk itself and its contract with machines; knows nothing of the panel."""
