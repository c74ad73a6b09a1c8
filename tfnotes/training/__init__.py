"""One training loop for every Keras model: compiled, resumable, readable."""

from tfnotes.training.compiling import choose_mode
from tfnotes.training.evaluation import evaluate
from tfnotes.training.loop import NonFiniteLossError, train

__all__ = ["NonFiniteLossError", "choose_mode", "evaluate", "train"]
