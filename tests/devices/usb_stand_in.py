"""A USB bus for pyusb, with one receipt printer that is a WirePrinter: pyusb's own code above, the simulator below."""

import array
import errno
import socket
from types import SimpleNamespace

from usb.backend import IBackend
from usb.core import USBError, USBTimeoutError
from wire_printer import WirePrinter

VENDOR, PRODUCT = 0x04B8, 0x0E28
_OUT, _IN = 0x01, 0x82


class UsbBus(IBackend):
    """Endpoints 1 out and 2 in of a printer-class interface, which the kernel's driver holds at first."""

    def __init__(self, printer: WirePrinter, *, answers: bool = True) -> None:
        super().__init__()
        self.plugged = True
        self.kernel_has_it = True
        self._printer = printer
        self._endpoints = [_OUT, _IN] if answers else [_OUT]
        self._line: socket.socket | None = None

    def enumerate_devices(self):
        return ["printer"] if self.plugged else []

    def get_device_descriptor(self, device):
        return SimpleNamespace(
            bLength=18, bDescriptorType=1, bcdUSB=0x200, bDeviceClass=0, bDeviceSubClass=0, bDeviceProtocol=0,
            bMaxPacketSize0=64, idVendor=VENDOR, idProduct=PRODUCT, bcdDevice=0x100, iManufacturer=0, iProduct=0,
            iSerialNumber=0, bNumConfigurations=1, address=1, bus=1, port_number=1, port_numbers=(1,), speed=3,
        )  # fmt: skip

    def get_configuration_descriptor(self, device, config):
        if config:
            raise IndexError(config)
        return SimpleNamespace(
            bLength=9, bDescriptorType=2, wTotalLength=32, bNumInterfaces=1, bConfigurationValue=1,
            iConfiguration=0, bmAttributes=0xC0, bMaxPower=1, extra_descriptors=b"",
        )  # fmt: skip

    def get_interface_descriptor(self, device, interface, alternative, config):
        if interface or alternative:
            raise IndexError(interface)
        return SimpleNamespace(
            bLength=9, bDescriptorType=4, bInterfaceNumber=0, bAlternateSetting=0,
            bNumEndpoints=len(self._endpoints), bInterfaceClass=7, bInterfaceSubClass=1, bInterfaceProtocol=2,
            iInterface=0, extra_descriptors=b"",
        )  # fmt: skip

    def get_endpoint_descriptor(self, device, endpoint, interface, alternative, config):
        return SimpleNamespace(
            bLength=7, bDescriptorType=5, bEndpointAddress=self._endpoints[endpoint], bmAttributes=2,
            wMaxPacketSize=64, bInterval=0, bRefresh=0, bSynchAddress=0, extra_descriptors=b"",
        )  # fmt: skip

    def open_device(self, device):
        self._must_be_there()
        return "handle"

    def close_device(self, handle):
        self.release_interface(handle, 0)

    def get_configuration(self, handle):
        return 1

    def is_kernel_driver_active(self, handle, interface):
        return self.kernel_has_it

    def detach_kernel_driver(self, handle, interface):
        self.kernel_has_it = False

    def claim_interface(self, handle, interface):
        if self.kernel_has_it or self._line is not None:
            raise USBError("busy", errno=errno.EBUSY)
        self._line = socket.create_connection((self._printer.host, self._printer.port), 5)
        self._line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 8192)

    def release_interface(self, handle, interface):
        if self._line is not None:
            self._line.close()
            self._line = None

    def bulk_write(self, handle, endpoint, interface, data, timeout):
        self._must_be_there().settimeout(timeout / 1000)
        try:
            return self._must_be_there().send(data.tobytes())
        except TimeoutError as error:
            raise USBTimeoutError("timed out") from error
        except OSError as error:
            raise USBError("gone", errno=errno.ENODEV) from error

    def bulk_read(self, handle, endpoint, interface, buffer, timeout):
        line = self._must_be_there()
        line.settimeout(timeout / 1000)
        try:
            data = line.recv(len(buffer))
        except TimeoutError as error:
            raise USBTimeoutError("timed out") from error
        except OSError as error:
            raise USBError("gone", errno=errno.ENODEV) from error
        if not data:
            raise USBError("gone", errno=errno.ENODEV)
        buffer[: len(data)] = array.array("B", data)
        return len(data)

    def _must_be_there(self):
        if not self.plugged:
            raise USBError("gone", errno=errno.ENODEV)
        return self._line
