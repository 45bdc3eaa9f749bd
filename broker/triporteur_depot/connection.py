"""paho's client with its own thread, whose death is told.

The thread stays paho's: started by another, it would write to the socket from two threads.
"""

import paho.mqtt.client as mqtt
from paho.mqtt.enums import MQTTErrorCode


class Connection(mqtt.Client):
    """Opened again whenever it is lost; `check` raises what ended its thread, if anything did."""

    _fault: Exception | None = None

    def loop_forever(
        self, timeout: float = 1.0, retry_first_connection: bool = False
    ) -> MQTTErrorCode:
        """The body of paho's thread."""
        try:
            return super().loop_forever(timeout, retry_first_connection)
        except Exception as error:  # noqa: BLE001 - the top of the thread: `check` raises it
            self._fault = error
            return MQTTErrorCode.MQTT_ERR_UNKNOWN

    def check(self) -> None:
        """Raises what ended the thread."""
        if self._fault:
            raise self._fault
