"""The QR of a ticket as a texture: one px a module, drawn large without smoothing."""

from kivy.graphics.texture import Texture
from qrcode.constants import ERROR_CORRECT_M
from qrcode.main import QRCode

#: White around the code, in modules (ISO 18004 asks for four).
BORDER = 4


def qr_texture(payload: str) -> Texture:
    """Black on white with its border; square."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=BORDER)
    code.add_data(payload)
    modules = code.get_matrix()
    side = len(modules)
    texture = Texture.create(size=(side, side), colorfmt="luminance")
    texture.mag_filter = "nearest"
    texture.blit_buffer(
        bytes(0 if dark else 255 for row in modules for dark in row), colorfmt="luminance", bufferfmt="ubyte"
    )
    texture.flip_vertical()
    return texture
