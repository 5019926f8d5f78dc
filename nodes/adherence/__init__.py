"""How often a workflow's pictures show what their prompts ask for: `loom bench adherence`.

    suites → places, running → results (a file, a row a picture) → tables, pairs      (command.py: all of them from a shell)

Pictures are read by the scorer of the world of solids (`nodes.solids.score`), which sees no prompt, is no network, and is
no reward: nothing that a workflow optimises can have been made to please it.
"""
