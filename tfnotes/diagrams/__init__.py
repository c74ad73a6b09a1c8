"""Diagrams of models and expressions, drawn with matplotlib only."""

from tfnotes.diagrams.expressions import expression_graph
from tfnotes.diagrams.frames import arrow, frame
from tfnotes.diagrams.models import model_diagram

__all__ = ["arrow", "expression_graph", "frame", "model_diagram"]
