"""Run lessons, each in its own process, and keep what they print and draw."""
