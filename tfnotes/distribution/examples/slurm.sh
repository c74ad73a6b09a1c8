#!/bin/bash
# sbatch slurm.sh: two workers, one per node; edit the names of your cluster.
#SBATCH --job-name=tfnotes
#SBATCH --nodes=2
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --time=01:00:00
#SBATCH --requeue                # restart after a node failure …
#SBATCH --open-mode=append       # … and keep the previous output
#SBATCH --output=logs/%x-%j.log
## SBATCH --gpus-per-node=1      # with GPUs: one space less

set -euo pipefail
source "$HOME/tfnotes/.venv/bin/activate"  # on storage that all nodes share

# srun sets the addresses of all tasks; choose_strategy reads them through TensorFlow's
# SlurmClusterResolver. A failed task stops the others, which would wait for it.
srun --kill-on-bad-exit=1 --output=logs/worker-%t.log --open-mode=append \
  python -m tfnotes.distribution.examples.train --epochs 20 \
  --checkpoint "$SLURM_SUBMIT_DIR/checkpoint"
