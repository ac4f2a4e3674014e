"""The networks of ``models.estimators.network`` that PyTorch trains; it is imported by ``fit`` alone."""

from models.estimators.network import Network, NetworkClassifier, NetworkRegressor, Rows
from models.estimators.stopping import Stopping


class _InTorch(Network):
    def _train(self, train: Rows, validation: Rows, stopping: Stopping) -> None:
        from models.estimators import torch_training

        torch_training.train(self, train, validation, stopping)


class TorchNetwork(_InTorch, NetworkRegressor):
    """The regression network, trained in PyTorch."""


class TorchClassifier(_InTorch, NetworkClassifier):
    """The classification network, trained in PyTorch."""
