"""The engine: file format, checked graph, plan, executor, caches, command line. It knows no image, model family or HTTP."""
