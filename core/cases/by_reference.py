"""Which case a reference means, however somebody wrote it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from core.cases.models import Case
from core.plugin_host.host import the_force
from core.storage.db import Query, read

# In a query for rows_meant: the cases that can be meant, found by their index.
CAN_BE_MEANT = Case.reference_key == sa.any_(sa.bindparam("references", type_=sa.ARRAY(sa.Text)))


def rows_meant(query: Query, reference: str, **values: Any) -> list[Any]:
    """The rows of *query* whose crime is the one that *reference* means, in their order.

    The query has :data:`CAN_BE_MEANT` among its conditions and a column ``crime_reference``. What it finds
    may be another crime's: of two shapes that a force's references have, one can be written like the other.
    """
    force = the_force()
    meaning = force.reference_meaning(reference)
    rows = read(query, references=sorted(force.reference_keys(reference)), **values)
    return [row for row in rows if force.reference_meaning(row.crime_reference) == meaning]
