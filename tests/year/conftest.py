"""The play's own assertions tell what they compared."""

import pytest

pytest.register_assert_rewrite("tests.year.acts", "tests.year.authors", "tests.year.sending", "tests.year.writing")
