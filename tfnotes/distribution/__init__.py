"""Train one model on several workers, on one or more machines.

``tfnotes.train`` only needs a model created in a strategy's scope.
``launch``, or ``tfnotes launch`` on the command line, starts the workers and connects
them through Ray. Kubernetes and Slurm do that themselves; ``EXAMPLES`` contains a
script and the files to submit it with.

Examples:
    >>> import keras
    >>> import numpy as np
    >>> import tfnotes
    >>> strategy = tfnotes.distribution.choose_strategy()
    >>> with strategy.scope():
    ...     model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> x = np.linspace(-1, 1, 64)[:, None]
    >>> history = tfnotes.train(
    ...     model, x, 3 * x, optimizer="sgd", loss="mse", verbose=0
    ... )
"""

from pathlib import Path

from tfnotes.distribution.launching import WorkerError, launch
from tfnotes.distribution.strategies import choose_strategy, tf_config

EXAMPLES = Path(__file__).with_name("examples")
"""The folder with a script, ``train.py``, and the files to submit it with.

``slurm.sh``, ``tfjob.yaml`` for Kubeflow, ``rayjob.yaml`` for KubeRay.
"""

__all__ = ["EXAMPLES", "WorkerError", "choose_strategy", "launch", "tf_config"]
