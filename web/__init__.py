"""The server: `loom serve`, its HTTP interface, and the editor that it hands out.

`app` puts an application together, `routes/` translate between HTTP and the engine, `guard` lets nobody else's page in,
`client` speaks to a server from Python. Nothing here knows a node class or a model family.
"""
