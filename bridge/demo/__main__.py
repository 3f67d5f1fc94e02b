"""A stand-in Moodle in a process of its own: ``python -m bridge.demo --participants 2000 --activities 40``.

For trying a client by hand, and for measuring one without the site's memory and processor in the figures.
"""

import signal
from pathlib import Path
from types import FrameType

import click

from bridge.demo.accounts import SERVICE_TOKEN
from bridge.demo.errors import DemoError
from bridge.demo.faults import Faults, Latency
from bridge.demo.recordings import load_recordings
from bridge.demo.seasons import BASE_ACTIVITIES, demo_site, generate
from bridge.demo.server import make_server
from bridge.demo.site import StandIn
from bridge.demo.tables import Tables


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _filled(recordings: Path | None, participants: int, activities: int, seed: int) -> Tables:
    try:
        if recordings is not None:
            return load_recordings(recordings)
        return (
            generate(seed, participants=participants, activities=activities) if participants else demo_site(seed=seed)
        )
    except DemoError as err:
        raise click.ClickException(str(err)) from err


@click.command(help="Serve a stand-in Moodle until interrupted; the first line is its address, the second a token.")
@click.option("--recordings", type=click.Path(path_type=Path), help="Answers as recorded, instead of a season.")
@click.option("--participants", type=int, default=0, help="One season of this size; 0 for the demo's three.")
@click.option("--activities", type=int, default=BASE_ACTIVITIES, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
@click.option("--port", type=int, default=0, help="0 for any free one.")
@click.option("--latency", type=float, default=0.0, help="A real site's times, multiplied by this; 0 for none.")
@click.option("--faults", type=float, default=0.0, help="Share of calls that meet a fault.")
def main(
    *,
    recordings: Path | None,
    participants: int,
    activities: int,
    seed: int,
    port: int,
    latency: float,
    faults: float,
) -> None:
    """Fill a site, bind it, serve it."""
    site = StandIn(_filled(recordings, participants, activities, seed))
    site.latency = Latency(scale=latency) if latency > 0 else None
    site.faults = Faults(seed=seed, rate=faults) if faults > 0 else None
    served = make_server(site, port=port)
    signal.signal(signal.SIGTERM, _stop)
    click.echo(f"ready {served.url}")
    click.echo(f"token {SERVICE_TOKEN}")
    try:
        served.server.serve_forever()
    except KeyboardInterrupt:
        served.server.server_close()


if __name__ == "__main__":
    main()
