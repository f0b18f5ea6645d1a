"""Tests, like jobs, do not depend on the user's settings of libraries."""

from isingdbn.surroundings import settle

settle()
