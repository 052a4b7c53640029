"""The engine's rules about updates, which are not asked about what an update leaves alone.

Two of them find fault with objects that nobody has touched: with filled fields which the signature locks, and with metadata
that are no XMP as the engine likes it (in UTF-16, without the outermost element). Every letter that is signed twice over
such a form would be held.
"""

from collections.abc import Iterable

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import HistoricalResolver
from pyhanko.sign.diff_analysis import (
    CatalogModificationRule,
    DocInfoRule,
    DSSCompareRule,
    FieldComparisonContext,
    FieldComparisonSpec,
    FormUpdate,
    FormUpdatingRule,
    GenericFieldModificationRule,
    MetadataUpdateRule,
    ModificationLevel,
    ObjectStreamRule,
    ReferenceUpdate,
    SigFieldCreationRule,
    SigFieldModificationRule,
    StandardDiffPolicy,
    XrefStreamRule,
)


class FieldRule(GenericFieldModificationRule):
    """The values and looks of ordinary fields, as far as an update wrote them."""

    def check_form_field(
        self, fq_name: str, spec: FieldComparisonSpec, context: FieldComparisonContext
    ) -> Iterable[tuple[ModificationLevel, FormUpdate]]:
        """What the engine allows in one field."""
        for level, update in super().check_form_field(fq_name, spec, context):
            if not is_untouched(update.updated_ref, context.old, context.new):
                yield level, update


class MetadataRule(MetadataUpdateRule):
    """Metadata may become others, if those are XMP."""

    def apply(self, old: HistoricalResolver, new: HistoricalResolver) -> Iterable[ReferenceUpdate]:
        """What the engine allows, where something changed."""
        before, after = metadata_of(old), metadata_of(new)
        if before is not None and before == after and is_untouched(before, old, new):
            return ()
        allowed: Iterable[ReferenceUpdate] = super().apply(old, new)
        return allowed


def metadata_of(view: HistoricalResolver) -> generic.Reference | None:
    """The reference to the metadata of one revision; None where they are none or stand in the catalogue itself."""
    found = view.root.raw_get("/Metadata") if "/Metadata" in view.root else None
    return found.reference if isinstance(found, generic.IndirectObject) else None


def is_untouched(ref: generic.Reference, old: HistoricalResolver, new: HistoricalResolver) -> bool:
    """Whether a reference leads to the same place of the file in both revisions."""
    xrefs = old.reader.xrefs
    place = xrefs.get_historical_ref(ref, old.revision)
    return place is not None and place == xrefs.get_historical_ref(ref, new.revision)


RULES = StandardDiffPolicy(
    global_rules=[
        CatalogModificationRule(),
        *(
            rule.as_qualified(ModificationLevel.LTA_UPDATES)
            for rule in (DocInfoRule(), XrefStreamRule(), ObjectStreamRule(), DSSCompareRule(), MetadataRule())  # type: ignore[no-untyped-call]
        ),
    ],
    form_rule=FormUpdatingRule(field_rules=[SigFieldCreationRule(), SigFieldModificationRule(), FieldRule()]),
)
"""The rules of the engine's own policy, in their order."""
