"""CSV that opens rightly and cannot be tricked by."""
import pytest

from marketplace.core.csvfile import amount, csv_file


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-cmd|x", "@sum(a1)", "\t=1", "\r=1"])
def test_what_a_spreadsheet_would_calculate_is_quoted(cell):
    body = csv_file("a.csv", ["A"], [[cell]]).get_data()
    assert f"'{cell}".encode() in body


def test_numbers_and_bengali_stay_what_they_are():
    answer = csv_file("a.csv", ["পরিমাণ", "B"], [[amount(-700005), None]])
    assert answer.get_data() == b"\xef\xbb\xbf" + "পরিমাণ,B\r\n-7000.05,\r\n".encode()
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(("minor", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (720300, "7203.00"), (None, "")])
def test_amounts_are_plain_decimals(minor, text):
    assert amount(minor) == text
