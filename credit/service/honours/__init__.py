"""Honours: nominated, checked, answered by the nominee, decided by somebody else."""
