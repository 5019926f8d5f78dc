"""The command line, `loom`."""
