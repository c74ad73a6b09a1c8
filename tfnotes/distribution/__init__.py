"""Train one model on many workers, on one machine or on many.

``tfnotes.train`` needs no more than a model that was made inside a strategy's scope:

    strategy = tfnotes.distribution.choose_strategy()
    with strategy.scope():
        model = tfnotes.models.mlp()
    tfnotes.train(model, x, y, optimizer="sgd", loss="mse", checkpoint="run")

What is left to do is to start the workers and tell them of each other: ``launch``, or
``tfnotes launch`` on the command line, leaves that to Ray. Kubernetes and Slurm do it
themselves; ``EXAMPLES`` holds a script and the files to submit it with.
"""

from pathlib import Path

from tfnotes.distribution.launching import WorkerError, launch
from tfnotes.distribution.strategies import choose_strategy, tf_config

EXAMPLES = Path(__file__).with_name("examples")  # train.py, rayjob.yaml, slurm.sh, …

__all__ = ["EXAMPLES", "WorkerError", "choose_strategy", "launch", "tf_config"]
