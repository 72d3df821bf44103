"""A text stored together with the value it was formatted from. Plain Python, no ORM.

A report is put into words once; its spreadsheet needs the numbers and the moments behind them, the very same ones.
"""


class Formatted(str):
    """What people read, with the ``value`` it was made from.

    :param value: int or float, date, naive local datetime or timedelta
    :param style: how a spreadsheet shows the value: a key of ``tools.workbook.STYLES``
    :param noted: the text says more than its value: a spreadsheet shows both

    >>> formatted = Formatted("66.7 %", 0.667, "percent")
    >>> formatted, formatted.value, f"{formatted} of all"
    ('66.7 %', 0.667, '66.7 % of all')
    """

    def __new__(cls, text, value, style, noted=False):
        formatted = super().__new__(cls, text)
        formatted.value, formatted.style, formatted.noted = value, style, noted
        return formatted
