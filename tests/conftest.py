"""What all tests share: surroundings that do not matter, and which of them go to one worker."""

import pytest

from isingdbn.surroundings import settle

settle()


def pytest_collection_modifyitems(items):
    """Of two workers one takes the tests of the workflow, which share the tiny experiment and take longest, and starts with them.

    The other takes the rest file by file, since tests of one file share what they make.
    """
    for item in items:
        workflow = "workflow" in item.path.parts
        item.add_marker(pytest.mark.xdist_group("workflow" if workflow else item.path.as_posix()))
    items.sort(key=lambda item: "workflow" not in item.path.parts)
