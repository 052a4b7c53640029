"""How many signed messages lie inside one another, without checking any of them."""

from parsers.files.signed_data import signed_content
from parsers.signatures.limits import SignatureLimits


def layers_fault(content: bytes, limits: SignatureLimits) -> str:
    """Why the envelopes inside a content are too many to follow, empty where they are not.

    The content itself is what the outermost envelope wraps; `cms_depth` counts that one too.
    """
    depth, total = 1, len(content)
    inner = signed_content(content)
    while inner is not None:
        depth, total = depth + 1, total + len(inner)
        if depth > limits.cms_depth:
            return f"more than {limits.cms_depth} signed messages inside one another"
        if total > limits.unwrapped_bytes:
            return f"signed messages inside one another hold more than {limits.unwrapped_bytes} bytes"
        inner = signed_content(inner)
    return ""
