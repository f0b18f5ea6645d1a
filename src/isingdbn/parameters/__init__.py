"""The parameters of each stage: types, units and limits, in one place for the configuration file
and for the command line.
"""
