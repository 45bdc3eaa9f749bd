"""The three servers, each with what a probe and a visitor are told."""

import sys
from dataclasses import dataclass
from pathlib import Path

from bench.installed import NotInstalled
from bench.processes import free_port
from bench.programs import AS_A_SERVICE

OURS, HELLO, NGINX = "ours", "waitress: hello", "nginx: the same bytes"
PORTAL_HOST = "triporteur.lan"
_NGINX = Path("/usr/sbin/nginx")
_CONTENT = Path(__file__).parents[2] / "kiosk" / "content" / "content.toml"
_HELLO = """
from waitress import serve

def hello(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return (b"hello",)

serve(hello, host="127.0.0.1", port={port})
"""


@dataclass(frozen=True, slots=True)
class Server:
    """Listens at `port` of loopback once `command` runs."""

    name: str
    port: int
    command: tuple[str, ...]


def portal(folder: Path) -> Server:
    """The product's own, every default as it is."""
    port = free_port()
    config = folder / "unit.toml"
    config.write_text(
        f'[unit]\nname = "bench"\n[snapshot]\npath = "{folder / "snapshot.json"}"\n'
        f'content = "{folder / "content.json"}"\n[portal]\nlisten = "127.0.0.1:{port}"\n'
        f'address = "{PORTAL_HOST}"\ncontent = "{_CONTENT}"\n'
        f'journal = "{folder / "kiosk.journal"}"\npushed = "{folder / "pushed.json"}"\n'
    )
    program = Path(sys.executable).with_name("triporteur-kiosk")
    return Server(OURS, port, (*AS_A_SERVICE, str(program), "portal", "--config", str(config)))


def hello() -> Server:
    """Waitress with its own defaults, and an application of two lines."""
    port = free_port()
    return Server(HELLO, port, (sys.executable, "-c", _HELLO.format(port=port)))


def nginx(folder: Path, probe: bytes, page: bytes) -> Server:
    """One process, which answers with these bodies as the portal does. Raises NotInstalled."""
    if not _NGINX.exists():
        raise NotInstalled("nginx-light is not installed")
    port = free_port()
    (folder / "probe.html").write_bytes(probe)
    (folder / "page.html").write_bytes(page)
    config = folder / "nginx.conf"
    config.write_text(_nginx_conf(folder, port))
    return Server(NGINX, port, (str(_NGINX), "-p", str(folder), "-c", str(config)))


def _nginx_conf(folder: Path, port: int) -> str:
    places = "".join(
        f"  {name}_temp_path {folder / name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return f"""
daemon off;
master_process off;
pid {folder / "nginx.pid"};
error_log stderr crit;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  keepalive_timeout 0;
{places}
  types {{ text/html html; }}
  server {{
    listen 127.0.0.1:{port} default_server;
    root {folder};
    add_header Cache-Control no-store always;
    add_header Location "http://{PORTAL_HOST}/" always;
    error_page 418 =302 /probe.html;
    location / {{ return 418; }}
    location = /probe.html {{ internal; }}
  }}
  server {{
    listen 127.0.0.1:{port};
    server_name {PORTAL_HOST};
    root {folder};
    add_header Cache-Control no-store always;
    location = / {{ try_files /page.html =404; }}
  }}
}}
"""
