"""Runs: the queue and the history, in the server's database.

`records` says what a run is; `submitting`, `queueing` and `ending` are what may happen to it, each within one
transaction, together with the event that tells of it; `RunStore` binds them to a database.
"""
