"""Which workers there are, as the environment tells it."""

import json
import os
from collections.abc import Sequence
from typing import Any


def tf_config(workers: Sequence[str], index: int) -> str:
    """The text of ``TF_CONFIG``, which tells a worker who and where all workers are.

    Ray and Kubernetes operators set it; this is for workers that you start by hand.

    Args:
        workers: ``host:port`` of each, the same list for all.
        index: which of them this one is; worker 0 is the chief, who saves.

    Returns:
        JSON, for the environment of that worker.

    Raises:
        ValueError: there is no worker of that index.

    Examples:
        >>> tf_config(["a:1"], 0)
        '{"cluster": {"worker": ["a:1"]}, "task": {"type": "worker", "index": 0}}'
    """
    if not 0 <= index < len(workers):
        raise ValueError(
            f"expected an index from 0 to {len(workers) - 1}, one for each of the "
            f"workers; got {index}"
        )
    task = {"type": "worker", "index": index}
    return json.dumps({"cluster": {"worker": list(workers)}, "task": task})


# --8<-- [start:choose_strategy]
def choose_strategy() -> Any:
    """The strategy for wherever this program was started.

    Call it before anything else of TensorFlow: workers find each other then, and only
    then.

    Returns:
        A ``tf.distribute.Strategy``: over all workers where ``TF_CONFIG`` is set or
        Slurm runs several, over the GPUs of this machine where there are two or more,
        and the default strategy, which changes nothing, elsewhere.

    Examples:
        >>> choose_strategy().num_replicas_in_sync
        1
    """
    import tensorflow as tf

    if "TF_CONFIG" in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if int(os.environ.get("SLURM_STEP_NUM_TASKS", "1")) > 1:
        return tf.distribute.MultiWorkerMirroredStrategy(_slurm())
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


# --8<-- [end:choose_strategy]


def _slurm() -> Any:
    """What Slurm says of the workers."""
    import tensorflow as tf

    resolvers = tf.distribute.cluster_resolver
    if tf.config.list_physical_devices("GPU"):
        return resolvers.SlurmClusterResolver()
    # It asks nvidia-smi for GPUs, divides them among the tasks of a node, and fails
    # where there are none. Counting one for each task gives it what it needs.
    n_tasks = int(os.environ["SLURM_STEP_NUM_TASKS"])
    found = resolvers.SlurmClusterResolver(
        gpus_per_node=n_tasks, gpus_per_task=1, auto_set_gpu=False
    )
    spec = found.cluster_spec()
    kind, index = found.get_task_info()
    return resolvers.SimpleClusterResolver(
        spec, task_type=kind, task_id=index, rpc_layer="grpc"
    )
