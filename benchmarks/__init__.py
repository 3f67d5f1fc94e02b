"""What ``make bench`` runs: each figure against a peer or a limit, in one run."""
