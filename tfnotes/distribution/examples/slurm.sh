#!/bin/bash
# sbatch slurm.sh: two workers, one for each node; edit the names of your cluster.
#SBATCH --job-name=tfnotes
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=01:00:00
#SBATCH --requeue                # after a node is lost, begin again …
#SBATCH --open-mode=append       # … and keep what was said before
#SBATCH --output=logs/%x-%j.log
## SBATCH --gpus-per-node=1      # with GPUs: one space less

set -euo pipefail
source "$HOME/tfnotes/.venv/bin/activate"  # on a disk that all nodes share

# srun tells each task who and where all are; choose_strategy asks TensorFlow's
# SlurmClusterResolver. A task that fails ends the others: they would wait for it.
srun --kill-on-bad-exit=1 --output=logs/worker-%t.log --open-mode=append \
  python -m tfnotes.distribution.examples.train --epochs 20 \
  --checkpoint "$SLURM_SUBMIT_DIR/checkpoint"
