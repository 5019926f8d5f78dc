"""Tensor work behind the nodes: plain functions, to be called with no graph in sight."""
