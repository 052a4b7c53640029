import tomllib

import pytest

from mailhub.demo.home import with_values
from mailhub.settings import write_default

FILE = """\
# a comment
[smtp]
# the port
port = 8025
#hostname = ""

[mail]
#domain = "x"
"""


def test_values_replace_set_and_commented_keys_and_leave_the_rest():
    text = with_values(FILE, {"smtp.port": "25", "mail.domain": '"a.example"'})
    assert text == FILE.replace("port = 8025", "port = 25").replace('#domain = "x"', 'domain = "a.example"')


def test_a_key_belongs_to_its_section():
    with pytest.raises(KeyError, match=r"mail\.port"):
        with_values(FILE, {"mail.port": "25"})


def test_the_default_file_takes_every_value_that_the_demo_needs(tmp_path):
    path = write_default(tmp_path)
    text = with_values(path.read_text(), {"contact.name": '"Lan"', "returns.delay_seconds": "1"})
    tables = tomllib.loads(text)
    assert tables["contact"]["name"] == "Lan"
    assert tables["returns"]["delay_seconds"] == 1
