"""Diagrams of models and of expressions, drawn by matplotlib alone."""

from tfnotes.diagrams.expressions import expression_graph
from tfnotes.diagrams.models import model_diagram

__all__ = ["expression_graph", "model_diagram"]
