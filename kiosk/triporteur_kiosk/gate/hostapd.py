"""hostapd's file: the unit's own radio as an open access point, its phones kept apart."""

from triporteur_kiosk.gate.plan import GatePlan

#: A phone that left without a word makes room after that.
_GONE_S = 300


def access_point(plan: GatePlan) -> str:
    """For a plan with an own radio. The name goes in hex, which has no quotes to get out of."""
    assert plan.ssid is not None
    return f"""\
interface={plan.interface}
driver=nl80211
ctrl_interface={plan.hostapd_folder}
ssid2={plan.ssid.encode().hex()}
utf8_ssid=1
country_code={plan.country}
ieee80211d=1
hw_mode=g
channel={plan.channel}
ieee80211n=1
wmm_enabled=1
auth_algs=1
wpa=0
ap_isolate=1
max_num_sta={plan.most_stations}
ap_max_inactivity={_GONE_S}
logger_syslog=0
"""
