"""What the invented tickets are called, and over how long a time they came."""

from __future__ import annotations

from datetime import timedelta

SPAN = timedelta(days=3 * 365)
THINGS = ("Принтер", "Ноутбук", "Почта", "Монитор", "Сканер", "Телефон", "База клиентов", "Пропуск", "Сеть", "Отчёт")
TROUBLES = ("не работает", "зависает", "не открывается", "требует пароль", "работает медленно", "печатает полосы")
PLACES = ("в бухгалтерии", "на складе", "в отделе кадров", "на втором этаже", "у директора", "в переговорной")
RARE = "Зеброграф"
