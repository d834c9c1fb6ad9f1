"""Files and unit files as they come: each with what must be read of it, or the message that must be given."""

import pytest

pytest.register_assert_rewrite("corpus.case")
