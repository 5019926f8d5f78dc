from engine.cli.say import columns

ROWS = [("a = 1", "a number", "one two three four five six seven"), ("long name", "text", "")]


def test_columns_are_aligned_and_the_last_is_as_long_as_it_likes_where_nothing_limits_it():
    assert columns(ROWS).splitlines() == [
        "  a = 1      a number  one two three four five six seven",
        "  long name  text",
    ]


def test_the_last_column_is_broken_to_the_width():
    assert columns(ROWS, width=54).splitlines() == [
        "  a = 1      a number  one two three four five six",
        "                       seven",
        "  long name  text",
    ]


def test_where_there_is_little_room_the_last_column_goes_below():
    assert columns(ROWS, width=34).splitlines() == [
        "  a = 1  a number",
        "        one two three four five",
        "        six seven",
        "  long name  text",
    ]


def test_no_rows_are_nothing():
    assert columns([], width=80) == ""
