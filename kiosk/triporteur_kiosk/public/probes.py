"""How phones and computers ask whether they are online, and the exact answer that says yes.

Rows are told apart by host and path alone: Android probes under the name of a Linux desktop
browser, so a User-Agent says nothing. Bodies are exact to the byte, newlines included.
"""

from dataclasses import dataclass

_AOSP = "AOSP NetworkMonitor.java"
_WBA = "Wireless Broadband Alliance, Captive Network Portal Behavior, 2020"
_FETCHED = "public endpoint catalogue, each body fetched and its bytes counted"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer, ready to be sent; `Content-Length` is among the headers."""

    status: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def answer_with(status: str, body: bytes, *headers: tuple[str, str]) -> Answer:
    """An `Answer` that no cache keeps. A 204 carries no length (RFC 9110, 8.6)."""
    length = () if status.startswith("204") else (("Content-Length", str(len(body))),)
    return Answer(status, (("Cache-Control", "no-store"), *headers, *length), body)


def _page(body: bytes) -> Answer:
    return answer_with("200 OK", body, ("Content-Type", "text/html"))


def _text(body: bytes) -> Answer:
    return answer_with("200 OK", body, ("Content-Type", "text/plain"))


@dataclass(frozen=True, slots=True)
class Probe:
    """One probe: who sends it, where to, and what makes that system believe it is online."""

    asked_by: str
    hosts: tuple[str, ...]
    paths: tuple[str, ...]
    success: Answer
    source: str


_APPLE = b"<HTML><HEAD><TITLE>Success</TITLE></HEAD><BODY>Success</BODY></HTML>"
_FIREFOX = (
    b'<meta http-equiv="refresh" content="0;url=https://support.mozilla.org/kb/captive-portal"/>'
)
_KINDLE = b"<html><body>81ce4465-7167-4dcb-835b-dcc9e44c112a</body></html>\n"
_ARCH = b"This domain is used for connectivity checking (captive portal detection).\n"
_NO_CONTENT = answer_with("204 No Content", b"")
_UBUNTU = answer_with("204 No Content", b"", ("X-NetworkManager-Status", "online"))

_OLDER_APPLE_HOSTS = (
    "www.apple.com",
    "www.appleiphonecell.com",
    "www.airport.us",
    "www.ibook.info",
    "www.itools.info",
    "www.thinkdifferent.us",
    "gsp1.apple.com",
    "iphone-ld.apple.com",
    "netcts.cdn-apple.com",
)
_APPLE_PATH = ("/hotspot-detect.html",)
_OLDER_APPLE_PATH = ("/library/test/success.html",)
_204 = ("/generate_204",)
_KINDLE_PATHS = ("/kindle-wifi/wifistub.html", "/kindle-wifi/wifistub-eink.html")

# fmt: off
PROBES = (
    Probe("iOS, iPadOS, macOS", ("captive.apple.com",), _APPLE_PATH, _page(_APPLE + b"\n"), _FETCHED),  # noqa: E501
    Probe("older Apple", _OLDER_APPLE_HOSTS, _OLDER_APPLE_PATH, _page(_APPLE), _FETCHED),
    Probe("Android", ("connectivitycheck.gstatic.com",), _204, _NO_CONTENT, _AOSP),
    Probe("Android, fallback", ("www.google.com",), ("/gen_204", "/generate_204"), _NO_CONTENT, _AOSP),  # noqa: E501
    Probe("Android, fallback", ("play.googleapis.com",), _204, _NO_CONTENT, _AOSP),
    Probe("old Android, ChromeOS", ("clients3.google.com",), _204, _NO_CONTENT, _FETCHED),
    Probe("old Android", ("connectivitycheck.android.com",), _204, _NO_CONTENT, _WBA),
    Probe("Samsung", ("connectivity.samsung.com.cn",), _204, _NO_CONTENT, _FETCHED),
    Probe("Samsung", ("d2uzsrnmmf6tds.cloudfront.net",), _204, _NO_CONTENT, _WBA),
    Probe("Huawei", ("connectivitycheck.platform.hicloud.com",), _204, _NO_CONTENT, _FETCHED),
    Probe("Honor", ("connectivitycheck.platform.hihonorcloud.com",), _204, _NO_CONTENT, _FETCHED),
    Probe("Xiaomi", ("connect.rom.miui.com",), _204, _NO_CONTENT, _FETCHED),
    Probe("OPPO", ("conn1.oppomobile.com",), _204, _NO_CONTENT, _FETCHED),
    Probe("vivo", ("wifi.vivo.com.cn",), _204, _NO_CONTENT, _FETCHED),
    Probe("Windows 10 and 11", ("www.msftconnecttest.com", "ipv6.msftconnecttest.com"), ("/connecttest.txt",), _text(b"Microsoft Connect Test"), _FETCHED),  # noqa: E501
    Probe("Windows 7 and 8", ("www.msftncsi.com",), ("/ncsi.txt",), _text(b"Microsoft NCSI"), _FETCHED),  # noqa: E501
    Probe("Edge", ("edge-http.microsoft.com",), ("/captiveportal/generate_204",), _NO_CONTENT, _FETCHED),  # noqa: E501
    Probe("Firefox", ("detectportal.firefox.com",), ("/canonical.html",), _page(_FIREFOX), _FETCHED),  # noqa: E501
    Probe("Firefox", ("detectportal.firefox.com",), ("/success.txt",), _text(b"success\n"), _FETCHED),  # noqa: E501
    Probe("Ubuntu", ("connectivity-check.ubuntu.com",), ("/",), _UBUNTU, _FETCHED),
    Probe("GNOME NetworkManager", ("nmcheck.gnome.org",), ("/check_network_status.txt",), _text(b"NetworkManager is online"), _FETCHED),  # noqa: E501
    Probe("Debian", ("network-test.debian.org",), ("/nm",), _text(b"NetworkManager is online\n"), _FETCHED),  # noqa: E501
    Probe("Fedora", ("fedoraproject.org",), ("/static/hotspot.txt",), _text(b"OK"), _FETCHED),
    Probe("KDE", ("networkcheck.kde.org",), ("/",), _text(b"OK"), _FETCHED),
    Probe("Arch Linux", ("ping.archlinux.org",), ("/",), _text(_ARCH), _FETCHED),
    Probe("Kindle, Fire OS", ("spectrum.s3.amazonaws.com",), _KINDLE_PATHS, _page(_KINDLE), _FETCHED),  # noqa: E501
    Probe("Steam", ("test.steampowered.com",), ("/204",), _NO_CONTENT, _FETCHED),
    Probe("Cloudflare", ("cp.cloudflare.com",), _204, _NO_CONTENT, _FETCHED),
)
# fmt: on
