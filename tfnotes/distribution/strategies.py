"""Detect the workers from the environment, and choose a strategy."""

import json
import os
from collections.abc import Sequence
from typing import Any

from tfnotes._backend import needs_tensorflow


def tf_config(workers: Sequence[str], index: int) -> str:
    """Build the value of ``TF_CONFIG``: all workers and the index of this one.

    Ray and Kubernetes operators set it; this is for workers that you start manually.

    Args:
        workers: ``host:port`` of each, the same list on all workers.
        index: index of this worker; worker 0 is the chief, which saves.

    Returns:
        JSON, for the environment of that worker.

    Raises:
        ValueError: a worker is no ``host:port``, or none has this index.

    Examples:
        >>> tf_config(["a:1"], 0)
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}'
    """
    if not workers:
        raise ValueError("expected at least one worker, got none; list host:port")
    named = [w for w in workers if w.rpartition(":")[0] and w[-1].isdecimal()]
    if isinstance(workers, str) or len(named) < len(workers):
        raise ValueError(
            f"expected a list of host:port, got {workers!r}; pass such as "
            "['10.0.0.1:2222', '10.0.0.2:2222']"
        )
    if not 0 <= index < len(workers):
        raise ValueError(
            f"expected an index from 0 to {len(workers) - 1}, one for each of the "
            f"workers; got {index}"
        )
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": list(workers)}, "task": task})


# --8<-- [start:choose_strategy]
def choose_strategy() -> Any:
    """Choose the strategy for the environment of this program.

    Call it before any other TensorFlow code: workers can connect only then.

    Returns:
        A ``tf.distribute.Strategy``: over all workers if ``TF_CONFIG`` is set or Slurm
        runs several, over the GPUs of this machine if there are two or more, and
        otherwise the default strategy, which changes nothing.

    Raises:
        RuntimeError: Keras runs on another backend.

    Examples:
        >>> choose_strategy().num_replicas_in_sync
        1
    """
    import tensorflow as tf

    needs_tensorflow("tfnotes.distribution")
    if "TF_CONFIG" in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if int(os.environ.get("SLURM_STEP_NUM_TASKS", "1")) > 1:
        return tf.distribute.MultiWorkerMirroredStrategy(_slurm())
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


# --8<-- [end:choose_strategy]


def _slurm() -> Any:
    """Resolve the workers of a Slurm job."""
    import tensorflow as tf

    resolvers = tf.distribute.cluster_resolver
    if tf.config.list_physical_devices("GPU"):
        return resolvers.SlurmClusterResolver()
    # It queries nvidia-smi for GPUs, divides them among the tasks of a node, and fails
    # if there are none. Counting one GPU per task satisfies it.
    n_tasks = int(os.environ["SLURM_STEP_NUM_TASKS"])
    found = resolvers.SlurmClusterResolver(
        gpus_per_node=n_tasks, gpus_per_task=1, auto_set_gpu=False
    )
    spec = found.cluster_spec()
    kind, index = found.get_task_info()
    return resolvers.SimpleClusterResolver(
        spec, task_type=kind, task_id=index, rpc_layer="grpc"
    )
