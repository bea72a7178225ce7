"""Decides which files are attached in the demo: small pictures of a screen and pieces of a log, made on the spot."""

from __future__ import annotations

import io
import random

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from helpdesk.moment import now

_SCREENS = ("снимок экрана.png", "ошибка.png", "Screenshot_1.png", "окно с ошибкой.png")
_LOG = (
    "INFO  service started",
    "WARN  response took {ms} ms",
    "ERROR connection reset by peer (10054)",
    "INFO  retry {n} of 5",
    "ERROR timeout after {ms} ms",
    "INFO  session closed",
)
_TABLE = ("Петров;Склад;читать", "Ильина;Логистика;читать и менять", "Громов;Закупки;читать", "Сидорова;Кадры;убрать")


def files(dice: random.Random, kind: str, *, share: float = 0.4) -> list[SimpleUploadedFile]:
    """Return what is attached: `kind` is `screen`, `photo`, `log` or `table`; in `share` of the cases, else nothing."""
    if not kind or dice.random() > share:
        return []
    return [make(dice, kind)]


def make(dice: random.Random, kind: str) -> SimpleUploadedFile:
    """Return one file of the given kind."""
    if kind == "log":
        return SimpleUploadedFile("journal.log", _log(dice).encode(), content_type="text/plain")
    if kind == "table":
        text = "фамилия;отдел;доступ\r\n" + "\r\n".join(_TABLE) + "\r\n"
        return SimpleUploadedFile("список.csv", text.encode("utf-8-sig"), content_type="text/csv")
    if kind == "photo":
        name = f"IMG_{now():%Y%m%d}_{dice.randint(1000, 9999)}.jpg"
        return SimpleUploadedFile(name, _photo(dice), content_type="image/jpeg")
    return SimpleUploadedFile(dice.choice(_SCREENS), _screen(dice), content_type="image/png")


def _log(dice: random.Random) -> str:
    lines = []
    for _number in range(dice.randint(12, 30)):
        text = dice.choice(_LOG).format(ms=dice.randint(800, 9000), n=dice.randint(1, 5))
        lines.append(f"{now():%Y-%m-%d %H:%M}:{dice.randint(0, 59):02d} {text}")
    return "\n".join(sorted(lines)) + "\n"


def _screen(dice: random.Random) -> bytes:
    """A window with an error in it, as people send them."""
    picture = Image.new("RGB", (640, 400), (222, 228, 238))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 372, 640, 400), fill=(38, 50, 72))
    for position in range(6):
        draw.rectangle((12 + position * 34, 378, 34 + position * 34, 394), fill=(96, 120, 160))
    left, top = dice.randint(90, 140), dice.randint(70, 110)
    draw.rectangle((left, top, left + 380, top + 190), fill="white", outline=(120, 130, 150))
    draw.rectangle((left, top, left + 380, top + 26), fill=dice.choice(((43, 87, 154), (90, 60, 140), (30, 110, 90))))
    draw.ellipse((left + 20, top + 56, left + 62, top + 98), fill=(200, 48, 48))
    for slope in (1, -1):
        draw.line((left + 31, top + 77 - 10 * slope, left + 51, top + 77 + 10 * slope), fill="white", width=5)
    draw.text((left + 84, top + 60), f"Error 0x{dice.randrange(16**8):08X}", fill=(30, 30, 30))
    for row in range(3):
        end = left + 84 + dice.randint(140, 260)
        draw.rectangle((left + 84, top + 88 + row * 18, end, top + 94 + row * 18), fill=(198, 203, 212))
    draw.rectangle((left + 284, top + 152, left + 360, top + 176), fill=(235, 238, 243), outline=(150, 158, 172))
    draw.text((left + 316, top + 158), "OK", fill=(30, 30, 30))
    return _bytes(picture, "PNG")


def _photo(dice: random.Random) -> bytes:
    """Something blurred, as phones take it under an office lamp."""
    small = Image.new("RGB", (8, 6))
    base = dice.randint(90, 170)
    for x in range(8):
        for y in range(6):
            shade = base + dice.randint(-50, 50)
            small.putpixel((x, y), (shade, shade - dice.randint(0, 14), shade - dice.randint(8, 34)))
    return _bytes(small.resize((640, 480), Image.Resampling.BICUBIC), "JPEG")


def _bytes(picture: Image.Image, form: str) -> bytes:
    stored = io.BytesIO()
    picture.save(stored, form)
    return stored.getvalue()
