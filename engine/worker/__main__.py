"""`python -m engine.worker`: a child process of the server. What it is to be, the first frame says."""

import sys

from engine.worker.child import main

if __name__ == "__main__":
    sys.exit(main())
