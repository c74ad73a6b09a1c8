"""Plots that several lessons share. Each function creates its own figure.

Examples:
    >>> from tfnotes.plots import learning_curves
    >>> history = {"loss": [0.9, 0.5], "val_loss": [1.0, 0.7]}
    >>> figure = learning_curves(history)  # then plt.show()
"""

from typing import Any

from tfnotes.plots.classes import confusion_heatmap, decision_boundary
from tfnotes.plots.curves import learning_curves
from tfnotes.plots.images import image_grid

__all__ = ["confusion_heatmap", "decision_boundary", "image_grid", "learning_curves"]

RENAMED = {  # in 0.2
    "confusion_matrix": "confusion_heatmap",
    "count_pairs": "sklearn.metrics.confusion_matrix",
}


def __getattr__(name: str) -> Any:
    """Raise, with the new name of a function of 0.1."""
    known = f": it is {RENAMED[name]} now" if name in RENAMED else ""
    raise AttributeError(f"tfnotes.plots has no {name}{known}")
