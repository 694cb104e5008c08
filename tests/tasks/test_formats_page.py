"""docs/formats.md says what the readers say."""

import subprocess
import sys

from noglue.tasks import formats_page
from noglue.tools.spec import catalogue


def test_the_page_is_up_to_date() -> None:
    done = subprocess.run([sys.executable, "-m", "noglue.tasks.formats_page", "--check"], check=False)
    assert done.returncode == 0, "make docs-formats"


def test_every_reader_stands_on_it() -> None:
    text = formats_page.PAGE.read_text(encoding="utf-8")
    for name in catalogue.names(formats_page.READERS):
        assert f"\n## {name}\n" in text
        assert catalogue.load(formats_page.READERS, name).READS.replace("|", "\\|") in text
    assert text.count("```") % 2 == 0
