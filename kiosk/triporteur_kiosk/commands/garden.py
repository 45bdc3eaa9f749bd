"""`triporteur-kiosk garden`: whether each partner's garden still suffices, through the uplink."""

import argparse
import ssl

from triporteur_kiosk.config import KioskConfig
from triporteur_kiosk.public.closure import look
from triporteur_kiosk.public.editions import content_shown
from triporteur_kiosk.public.web import fetch


def garden(config: KioskConfig, _: argparse.Namespace) -> int:
    """A line for each partner; 1 when one's garden lacks something, or cannot be known."""
    content = content_shown(config.content_path, config.kept_path)
    context = ssl.create_default_context()
    all_good = True
    for finding in look(content, lambda url: fetch(url, context)):
        print(finding, flush=True)
        all_good &= finding.is_good
    return 0 if all_good else 1
