"""Train one model on several workers, on one or more machines.

``tfnotes.train`` only needs a model created in a strategy's scope:

    strategy = tfnotes.distribution.choose_strategy()
    with strategy.scope():
        model = tfnotes.models.mlp((28, 28), 10)
    tfnotes.train(model, x, y, optimizer="sgd", loss="mse", checkpoint="run")

``launch``, or ``tfnotes launch`` on the command line, starts the workers and connects
them through Ray. Kubernetes and Slurm do that themselves; ``EXAMPLES`` contains a
script and the files to submit it with.
"""

from pathlib import Path

from tfnotes.distribution.launching import WorkerError, launch
from tfnotes.distribution.strategies import choose_strategy, tf_config

EXAMPLES = Path(__file__).with_name("examples")
"""A folder with ``train.py``, a script for several workers, and the files to submit it
with: ``slurm.sh``, ``tfjob.yaml`` for Kubeflow, ``rayjob.yaml`` for KubeRay."""

__all__ = ["EXAMPLES", "WorkerError", "choose_strategy", "launch", "tf_config"]
