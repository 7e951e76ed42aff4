"""Starts, runs and checks Stagecraft: what stands behind `./run`. Imports no Django."""
