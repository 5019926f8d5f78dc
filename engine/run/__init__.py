"""Runs a checked graph: executor, codec, result cache, model cache."""
