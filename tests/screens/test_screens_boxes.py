"""Boxes as textures: fill, border and rounded corners, px by px (look.md section 5)."""

from kiosk.screens.boxes import box, corner

WHITE, BLUE, CLEAR = (1.0, 1.0, 1.0, 1.0), (0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 0.0, 0.0)
RADIUS, BORDER = 12, 2


def pixel(texture: object, x: int, y: int) -> tuple[int, ...]:
    at = (y * texture.width + x) * 4
    return tuple(texture.pixels[at : at + 4])


def test_a_box_is_its_border_around_its_fill() -> None:
    texture = box(RADIUS, BORDER, WHITE, BLUE)
    middle = texture.width // 2
    assert pixel(texture, middle, middle) == (255, 255, 255, 255)
    for near in (0, BORDER - 1):
        far = texture.width - 1 - near
        for place in ((near, middle), (far, middle), (middle, near), (middle, far)):
            assert pixel(texture, *place) == (0, 0, 255, 255)


def test_its_corners_are_round_and_smooth() -> None:
    texture = box(RADIUS, 0, WHITE, BLUE)
    assert pixel(texture, 0, 0)[3] == 0
    diagonal = [pixel(texture, at, at)[3] for at in range(RADIUS)]
    assert diagonal == sorted(diagonal)
    assert any(0 < alpha < 255 for alpha in diagonal)


def test_the_corners_leave_a_middle_to_stretch() -> None:
    texture = box(7.5, BORDER, WHITE, BLUE)
    assert texture.width > 2 * corner(7.5)


def test_nothing_to_see_is_no_texture() -> None:
    assert box(RADIUS, 0, CLEAR, BLUE) is None


def test_a_look_is_drawn_once() -> None:
    assert box(RADIUS, BORDER, WHITE, BLUE) is box(RADIUS, BORDER, list(WHITE), list(BLUE))
