"""The command line. Each command has its own module, imported when it is called; `main` is the way in."""
