"""``python -m isingdbn`` is the command ``isingdbn``."""

import sys

from isingdbn.cli import main

sys.exit(main())
