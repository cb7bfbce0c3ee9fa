"""What OpenAPI has no words for: pairs of parameters that exclude or want each other."""

import schemathesis

EXCLUSIVE = [{"seed", "deck"}, {"seed", "count"}, {"format=redirect", "count"}]
DEPENDENT = [("width", "format=redirect"), ("n", "deck")]


@schemathesis.hook
def filter_case(context, case):
    query = case.query or {}
    if "x-schemathesis-unknown-property" in query:
        return False  # unknown parameters are ignored, as the document says
    said = {*query, f"format={query.get('format')}"}
    return not any(pair <= said for pair in EXCLUSIVE) and all(
        one not in said or other in said for one, other in DEPENDENT
    )
