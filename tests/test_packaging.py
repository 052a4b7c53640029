"""What is shipped: every file of the four packages and nothing else; locks that are complete and name no host."""

import ast
import configparser
import re
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from importlib.metadata import packages_distributions

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.building import ROOT, build_wheel, tracked

PACKAGES = ("mailhub", "parsers", "sms", "storage")
PINNED = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>\S+)", re.MULTILINE)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Iterator[zipfile.ZipFile]:
    with zipfile.ZipFile(build_wheel(tmp_path_factory.mktemp("wheel"))) as archive:
        yield archive


def dist_info(wheel: zipfile.ZipFile, name: str) -> str:
    return next(wheel.read(member).decode() for member in wheel.namelist() if member.endswith(f".dist-info/{name}"))


@pytest.mark.timeout(180)
def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(wheel):
    shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert shipped == {file.as_posix() for file in tracked() if file.parts[0] in PACKAGES}


@pytest.mark.parametrize("pattern", [r"mailhub/demo/templates/.+\.typ", r"mailhub/profiles/vn/.+", r"storage/migrations/.+\.py"])
def test_templates_profile_data_and_migrations_are_shipped(wheel, pattern):
    assert any(re.fullmatch(pattern, name) for name in wheel.namelist())


def test_both_commands_are_installed(wheel):
    scripts = configparser.ConfigParser()
    scripts.read_string(dist_info(wheel, "entry_points.txt"))
    assert set(scripts["console_scripts"]) == {"mailhub", "mh"}


def test_the_wheel_asks_for_python_3_11_or_newer(wheel):
    assert "Requires-Python: >=3.11" in dist_info(wheel, "METADATA").splitlines()


def pins(lock: str) -> dict[str, str]:
    text = (ROOT / ".requirements" / lock).read_text()
    return {canonicalize_name(match["name"]): match["version"] for match in PINNED.finditer(text)}


@pytest.mark.parametrize("lock", ["product.txt", "dev.txt"])
def test_a_lock_names_no_host_and_pins_every_file_by_hash(lock):
    text = (ROOT / ".requirements" / lock).read_text()
    assert "://" not in text
    assert "--index" not in text
    requirements = re.split(r"\n(?=[A-Za-z0-9])", text.strip())
    assert requirements
    assert all("--hash=sha256:" in requirement for requirement in requirements)


@pytest.mark.parametrize(("lock", "groups"), [("product.txt", ()), ("dev.txt", ("dev",))])
def test_a_lock_satisfies_what_the_project_asks_for(lock, groups):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    asked = list(project["project"]["dependencies"]) + project["build-system"]["requires"]
    for group in groups:
        asked += project["dependency-groups"][group]
    locked = pins(lock)
    for requirement in map(Requirement, asked):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)])


def test_every_library_that_the_product_imports_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = [name for names in project["optional-dependencies"].values() for name in names]
    declared = {canonicalize_name(Requirement(name).name) for name in (*project["dependencies"], *extras)}
    distributions = packages_distributions()
    # _typeshed is the type checker's own.
    foreign = imported_names() - set(sys.stdlib_module_names) - {*PACKAGES, "_typeshed"}
    missing = {name for name in foreign if not {canonicalize_name(found) for found in distributions.get(name, [])} & declared}
    assert not missing


def imported_names() -> set[str]:
    """The first part of every name that a product module imports."""
    names: set[str] = set()
    for file in tracked():
        if file.parts[0] not in PACKAGES or file.suffix != ".py":
            continue
        for node in ast.walk(ast.parse((ROOT / file).read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                names.add(node.module.partition(".")[0])
    return names


def test_tests_run_on_the_versions_that_are_shipped():
    assert pins("product.txt").items() <= pins("dev.txt").items()
