"""Whether two checkouts show people the same: every page, refusal and letter of a demo, written to files.

    python -m tests.same_pages save BEFORE          in one checkout
    python -m tests.same_pages save AFTER           in the other
    python -m tests.same_pages compare BEFORE AFTER --allowed docs/page-changes.txt

The portal runs in this process, on a database of its own and at a moment that stands still, so that two
walks through the same tree write the same. For a checkout that lacks this folder, copy it there.

Of the core only ``core.testing`` is asked, which has its place whatever else moves.
"""
