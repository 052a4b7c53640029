"""xmlsec1 as a second opinion on the integrity of XML signatures."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from tests.pki.xml_documents import DS, ds

OPENING = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)


def xmlsec1_on(path: Path, *options: str) -> list[bool | None]:
    """What xmlsec1 says of each signature in document order: digests and value right, wrong, or not found out.

    Certificates are not judged, files beside the document are not looked for, and the attributes that are identifiers have
    to be named to it.
    """
    root = etree.parse(path, OPENING).getroot()
    found: list[bool | None] = []
    for number, signature in enumerate(root.iter(ds("Signature")), start=1):
        place = f"(//*[local-name()='Signature' and namespace-uri()='{DS}'])[{number}]"
        command = ["xmlsec1", "--verify", "--insecure", "--enabled-reference-uris", "empty,same-doc", "--node-xpath", place]
        run = subprocess.run(
            [*command, *options, *identifiers(root, signature), path], capture_output=True, check=False, timeout=200
        )
        said = (run.stdout + run.stderr).decode(errors="replace").splitlines()
        found.append(True if run.returncode == 0 else (False if "FAIL" in said else None))
    return found


def identifiers(root: etree._Element, signature: etree._Element) -> list[str]:
    """The options that tell which attributes of which elements this signature refers to."""
    wanted = {reference.get("URI", "").removeprefix("#") for reference in signature.iter(ds("Reference"))} - {""}
    pairs = {
        (name, etree.QName(element).namespace, etree.QName(element).localname)
        for element in root.iter(etree.Element)
        for name, value in element.attrib.items()
        if name in {"Id", "ID", "id"} and value in wanted
    }
    options: list[str] = []
    for name, namespace, element in sorted(pairs, key=str):
        options += [f"--id-attr:{name}", f"{namespace}:{element}" if namespace else element]
    return options


@pytest.fixture(scope="session")
def xmlsec1() -> None:
    if shutil.which("xmlsec1") is None:
        message = "xmlsec1 is not installed: install the package xmlsec1"
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
