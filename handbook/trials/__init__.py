"""Runs of lessons whose code is changed, which show how far their results reach."""
