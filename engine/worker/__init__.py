"""The processes in which packs live: one worker a device, and a clerk that opens and checks.

`python -m engine.worker` speaks frames (`frames`) over its standard input and output. The first one says what it is to be
(`role`): a `worker` carries runs out (`runner`), a `clerk` answers what may be asked of workflows (`clerk`). Nothing here is
imported by the server itself but `frames` and `messages`.
"""
