"""USB to a printer that is no serial port: bulk transfers by pyusb. The only place that knows pyusb.

pyusb is imported on the first use; it needs libusb-1.0 of the system.
"""

from time import monotonic, sleep
from typing import Any

from kiosk.errors import DeviceOffline, DeviceSilent

_PRINTER_CLASS = 7
#: Bytes of one transfer: what a printer does not take of it in time is unknown, so it is short.
_PIECE = 4096
_READ_PACKETS = 4
_PAUSE_SECONDS = 0.01
_LEFT_OVER_SECONDS, _LEFT_OVER_READS = 0.01, 10


class UsbWire:
    """The printer with these numbers of vendor and product, taken from the kernel's driver while it is open.

    Not escpos' `Usb`: its writes wait without end (client-facts.md section 5, trap 4).
    """

    keeps_answers = True

    def __init__(self, vendor: int, product: int) -> None:
        """Finds and claims the printer, or raises DeviceOffline. What waited to be read is dropped."""
        from usb.core import NoBackendError, USBError, find

        try:
            self._device = find(idVendor=vendor, idProduct=product)
            if self._device is None:
                raise DeviceOffline(f"no USB device {vendor:04x}:{product:04x}")
            self._claim()
        except NoBackendError as error:
            raise DeviceOffline("libusb is not installed") from error
        except USBError as error:
            raise DeviceOffline(f"the USB device {vendor:04x}:{product:04x} cannot be opened") from error
        for _ in range(_LEFT_OVER_READS):
            if not self.receive(_LEFT_OVER_SECONDS):
                break

    def send(self, data: bytes, timeout: float) -> None:
        """As promised by Wire."""
        from usb.core import USBError, USBTimeoutError

        end = monotonic() + timeout
        try:
            while data:
                data = data[self._out.write(data[:_PIECE], _milliseconds(end)) :]
        except USBTimeoutError as error:
            raise DeviceSilent("the printer takes no data") from error
        except USBError as error:
            raise DeviceOffline("the printer was unplugged while sending") from error

    def receive(self, timeout: float) -> bytes:
        """As promised by Wire."""
        from usb.core import USBError, USBTimeoutError

        end = monotonic() + timeout
        while True:
            try:
                data = bytes(self._in.read(self._in.wMaxPacketSize * _READ_PACKETS, _milliseconds(end)))
            except USBTimeoutError:
                return b""
            except USBError as error:
                raise DeviceOffline("the printer was unplugged while waiting") from error
            if data or monotonic() >= end:
                return data
            # A printer with nothing to say may answer that at once instead of letting the time run out.
            sleep(_PAUSE_SECONDS)

    def close(self) -> None:
        """As promised by Wire."""
        from usb.core import USBError
        from usb.util import dispose_resources

        try:
            dispose_resources(self._device)
        except USBError:
            return  # unplugged: there is nothing to give back

    def _claim(self) -> None:
        from usb.util import claim_interface

        interface = self._interface()
        number = interface.bInterfaceNumber
        if self._device.is_kernel_driver_active(number):
            self._device.detach_kernel_driver(number)
        claim_interface(self._device, number)
        self._out, self._in = _endpoints(interface)

    def _interface(self) -> Any:
        """That of the class of printers which answers, else any that takes bulk data and answers."""
        usable = [one for one in self._device.get_active_configuration() if all(_endpoints(one))]
        if not usable:
            raise DeviceOffline("the USB device gives no answers, so it is no receipt printer of this driver")
        return min(usable, key=lambda one: one.bInterfaceClass != _PRINTER_CLASS)


def _endpoints(interface: Any) -> tuple[Any, Any]:
    """The bulk endpoints out and in, None for one that is not there."""
    from usb.util import ENDPOINT_IN, ENDPOINT_OUT, ENDPOINT_TYPE_BULK, endpoint_direction, endpoint_type

    bulk = [one for one in interface if endpoint_type(one.bmAttributes) == ENDPOINT_TYPE_BULK]
    ways = {endpoint_direction(one.bEndpointAddress): one for one in bulk}
    return ways.get(ENDPOINT_OUT), ways.get(ENDPOINT_IN)


def _milliseconds(end: float) -> int:
    """What is left until then; never 0, which means without end."""
    return max(1, int((end - monotonic()) * 1000))
