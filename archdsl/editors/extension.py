"""The extension for VS Code as a `.vsix`: its built files and two manifests in a zip.

The built files lie in this package, so that no machine needs npm to install the extension.
"""

import json
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO
from pathlib import PurePosixPath
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

MANIFEST = "package.json"
NOTE = "installed.json"  # which archdsl the extension was installed by
TYPES = {
    ".js": "application/javascript",
    ".json": "application/json",
    ".md": "text/markdown",
    ".txt": "text/plain",
    ".vsixmanifest": "text/xml",
}
BEGINNING = (1980, 1, 1, 0, 0, 0)  # the date of every file: the same bytes each time


def vsix(command: str = "") -> bytes:
    """The extension; `command` is the archdsl that it starts where its setting names none."""
    content = {f"extension/{name}": data for name, data in built().items()}
    if command:
        content[f"extension/{NOTE}"] = json.dumps({"command": command}).encode()
    content["extension.vsixmanifest"] = _manifest(_package()).encode()
    content["[Content_Types].xml"] = _types().encode()
    packed = BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive:
        for name, data in sorted(content.items()):
            archive.writestr(ZipInfo(name, BEGINNING), data, ZIP_DEFLATED)
    return packed.getvalue()


def built() -> dict[str, bytes]:
    """The files that `package.json` lists, and itself, by their paths."""
    contents = {}
    for pattern in (MANIFEST, *_package()["files"]):
        path = PurePosixPath(pattern)
        place = _root().joinpath(*path.parent.parts)
        for file in place.iterdir():
            name = str(path.parent / file.name)
            if file.is_file() and PurePosixPath(name).match(pattern):
                contents[name] = file.read_bytes()
    return contents


def _root() -> Traversable:
    return files(__package__) / "vscode"


def _package() -> dict[str, Any]:
    package: dict[str, Any] = json.loads((_root() / MANIFEST).read_text(encoding="utf-8"))
    return package


def _manifest(package: dict[str, Any]) -> str:
    """The manifest, which an editor reads before it unpacks the files; all from `package.json`."""
    told = {key: escape(str(value)) for key, value in package.items()}
    return MANIFEST_TEXT.format(**told, engine=escape(package["engines"]["vscode"]))


MANIFEST_TEXT = """\
<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="{name}" Version="{version}" Publisher="{publisher}"/>
    <DisplayName>{displayName}</DisplayName>
    <Description xml:space="preserve">{description}</Description>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="{engine}"/>
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace"/>
    </Properties>
  </Metadata>
  <Installation><InstallationTarget Id="Microsoft.VisualStudio.Code"/></Installation>
  <Dependencies/>
  <Assets>
    <Asset Type="Microsoft.VisualStudio.Code.Manifest" Path="extension/package.json" \
Addressable="true"/>
    <Asset Type="Microsoft.VisualStudio.Services.Content.Details" Path="extension/README.md" \
Addressable="true"/>
  </Assets>
</PackageManifest>
"""


def _types() -> str:
    kinds = "".join(
        f'<Default Extension="{ending}" ContentType="{kind}"/>' for ending, kind in TYPES.items()
    )
    namespace = "http://schemas.openxmlformats.org/package/2006/content-types"
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Types xmlns="{namespace}">{kinds}</Types>\n'
