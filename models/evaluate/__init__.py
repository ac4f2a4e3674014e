"""Which rows may judge, and how well predictions did on them: folds, holdout, metrics, intervals, segments."""
