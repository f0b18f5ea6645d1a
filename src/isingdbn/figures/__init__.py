"""One module a figure: labelled Datasets in, a Matplotlib Figure out; no reading and no writing."""
