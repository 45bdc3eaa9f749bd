"""Arguments in any order."""

import argparse
from typing import Any


class AnyOrder(argparse.ArgumentParser):
    """Words may stand between options and behind them: `settings ben --anew unit.place=Rennes`."""

    _is_at_it = False

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Raises SystemExit (2), after a sentence, for arguments that cannot be."""
        if self._is_at_it or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._is_at_it = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._is_at_it = False
