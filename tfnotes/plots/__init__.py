"""Plots that several lessons share. Each function creates its own figure.

Examples:
    >>> from tfnotes.plots import learning_curves
    >>> history = {"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}
    >>> figure = learning_curves(history)  # then plt.show()
"""

from typing import TYPE_CHECKING

from tfnotes._renamed import old_names
from tfnotes.plots.classes import confusion_heatmap, decision_boundary
from tfnotes.plots.curves import learning_curves
from tfnotes.plots.images import image_grid

__all__ = ["confusion_heatmap", "decision_boundary", "image_grid", "learning_curves"]

if not TYPE_CHECKING:
    __getattr__ = old_names(__name__)
