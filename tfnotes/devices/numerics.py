"""Precision, and seeds for reproducible runs."""

from tfnotes._backend import needs_tensorflow
from tfnotes.devices.processor import instructions

POLICIES = ("float32", "float64", "mixed_bfloat16", "mixed_float16")
TENSOR_CORES = {
    "mixed_float16": (7, 0),
    "mixed_bfloat16": (8, 0),
}  # minimum compute capability
BFLOAT16 = {"avx512_bf16", "amx_bf16"}  # instruction sets that multiply it


def set_precision(policy: str) -> str:
    """Set the precision of every layer created from now on.

    A mixed policy computes in 16 bits and stores variables in 32. With
    ``mixed_float16`` a custom training loop must scale the loss, as Keras' own loop
    does.

    Args:
        policy: ``"float32"``, ``"float64"``, ``"mixed_bfloat16"``, ``"mixed_float16"``.

    Returns:
        ``precision_advice(policy)``: whether it is faster on this machine.

    Raises:
        ValueError: another policy; pure 16-bit training rounds small updates away.

    Source:
        Micikevicius et al., Mixed Precision Training, 2018.

    Examples:
        >>> set_precision("float32")
        'float32 is the default: right for any device'
    """
    import keras

    _check(policy)
    keras.config.set_dtype_policy(policy)
    return precision_advice(policy)


def precision_advice(policy: str) -> str:
    """Report whether a precision makes large matrix products faster on this machine.

    Args:
        policy: as for ``set_precision``.

    Returns:
        One sentence.

    Raises:
        ValueError: another policy.

    Source:
        NVIDIA, Train With Mixed Precision: GPUs multiply float16 on tensor cores from
        compute capability 7.0, bfloat16 from 8.0.

    Examples:
        >>> precision_advice("float64")
        'float64 is slower and twice as large: right for checking gradients'
    """
    import tensorflow as tf

    _check(policy)
    if policy == "float32":
        return "float32 is the default: right for any device"
    if policy == "float64":
        return "float64 is slower and twice as large: right for checking gradients"
    least = TENSOR_CORES[policy]
    gpus = tf.config.get_visible_devices("GPU")
    for details in map(tf.config.experimental.get_device_details, gpus):
        if details.get("compute_capability", (0, 0)) >= least:
            return f"{policy} pays here: {details['device_name']} has cores for it"
    if policy == "mixed_bfloat16" and not gpus and BFLOAT16 & instructions():
        return f"{policy} pays here: the processor multiplies bfloat16"
    wanted = f"a GPU of compute capability {least[0]}.{least[1]} or more"
    if policy == "mixed_bfloat16":
        wanted += " or a processor with avx512_bf16"
    return f"{policy} is not known to pay here: it wants {wanted}"


def set_seeds(seed: int, deterministic_ops: bool = False) -> None:
    """Seed Python, NumPy and TensorFlow to make a run reproducible.

    Repeated runs on one CPU with a fixed number of threads are then bit-identical. On
    GPUs some operations add in any order, unless they are made deterministic.

    Args:
        seed: 0 to 2**32 - 1.
        deterministic_ops: use only deterministic operations until the process ends.
            They are slower, operations without a deterministic version raise, and Keras
            compiles no new model with XLA: ``jit_compile`` becomes False.

    Raises:
        ValueError: the seed is out of range.
        RuntimeError: ``deterministic_ops`` on another backend than TensorFlow.

    Examples:
        >>> import numpy as np
        >>> set_seeds(7)
        >>> round(np.random.rand(), 3)
        0.076
    """
    import keras
    import tensorflow as tf

    if not isinstance(seed, int) or not 0 <= seed < 2**32:
        raise ValueError(f"expected an integer from 0 to 2**32 - 1; got {seed!r}")
    if deterministic_ops:
        needs_tensorflow("deterministic_ops")
    keras.utils.set_random_seed(seed)
    if deterministic_ops:
        tf.config.experimental.enable_op_determinism()


def _check(policy: str) -> None:
    if policy not in POLICIES:
        raise ValueError(f"expected one of {', '.join(POLICIES)}; got {policy!r}")
