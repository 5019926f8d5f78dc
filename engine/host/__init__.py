"""What stands between the engine and a machine: registry, data folders, caches and devices put together.

`Host` is made once a process; the command line and the server both stand on it. `opening` reads files and pictures,
`given` what is set from outside, `job` prepares a run and `perform` carries it out and writes what it made.
"""
