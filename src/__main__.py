"""``python -I -X utf8 src COMMAND …``: the command line of this checkout, whatever
package an environment holds.

Python puts this folder first in its path, and ``-I`` leaves out PYTHONPATH
and the user's site packages.
"""

from isingdbn.__main__ import run

run()
