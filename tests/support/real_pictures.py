"""Pictures with something on them, in every format that offices meet."""

from io import BytesIO
from random import Random

from PIL import Image, ImageDraw, ImageFilter


def photograph(pillow_name: str, *, seed: int, size: tuple[int, int] = (960, 640)) -> bytes:
    """A building by a river under an evening sky."""
    random, (width, height) = Random(seed), size
    image = Image.new("RGB", size)
    draw = ImageDraw.Draw(image)
    horizon = int(height * 0.62)
    for y in range(height):
        share = y / horizon if y < horizon else (height - y) / (height - horizon)
        draw.line([(0, y), (width, y)], fill=_mixed((38, 66, 120), (242, 178, 122), share))
    left = 0
    while left < width:
        wide, high = random.randint(50, 120), random.randint(height // 8, height // 2)
        shade = random.randint(30, 80)
        draw.rectangle(
            [left, horizon - high, left + wide, horizon], fill=(shade, shade, shade + 18)
        )
        for x in range(left + 10, left + wide - 14, 20):
            for y in range(horizon - high + 12, horizon - 14, 24):
                lit = random.random() < 0.35
                draw.rectangle([x, y, x + 8, y + 12], fill=(250, 220, 140) if lit else (52, 56, 72))
        left += wide + random.randint(0, 30)
    mirrored = image.crop((0, 2 * horizon - height, width, horizon))
    mirrored = mirrored.transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    mirrored = mirrored.filter(ImageFilter.GaussianBlur(4)).point(lambda level: int(level * 0.7))
    image.paste(mirrored, (0, horizon))
    return _saved(image, pillow_name)


def plan(pillow_name: str) -> bytes:
    """A floor plan in lines."""
    image = Image.new("RGB", (900, 600), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle([40, 40, 860, 560], outline="black", width=8)
    for x in (240, 440, 640):
        draw.line([(x, 40), (x, 250)], fill="black", width=4)
    draw.line([(40, 250), (860, 250)], fill="black", width=4)
    for room, x in enumerate((90, 290, 490, 700), start=201):
        draw.text((x, 130), f"Room {room}", fill=(30, 60, 140), font_size=24)
    draw.text((380, 400), "Open office, 286 m2", fill=(30, 60, 140), font_size=24)
    return _saved(image, pillow_name)


def _mixed(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(int(a + (b - a) * share) for a, b in zip(one, other, strict=True))


def _saved(image: Image.Image, pillow_name: str) -> bytes:
    target = BytesIO()
    image.save(target, pillow_name)
    return target.getvalue()
