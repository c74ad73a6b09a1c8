"""Diagrams of models and expressions, drawn with matplotlib only.

Examples:
    >>> from tfnotes.diagrams import model_diagram
    >>> from tfnotes.models import lenet
    >>> figure = model_diagram(lenet((28, 28, 1), 10))  # then plt.show()
"""

from tfnotes.diagrams.expressions import expression_graph
from tfnotes.diagrams.frames import arrow, frame
from tfnotes.diagrams.models import model_diagram

__all__ = ["arrow", "expression_graph", "frame", "model_diagram"]
