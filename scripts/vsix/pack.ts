import { extname } from 'node:path';
import { strToU8, type Zippable, zipSync } from 'fflate';

/** The parts of the extension's package.json that go into the package's manifest. */
export interface ExtensionManifest {
  readonly name: string;
  readonly displayName: string;
  readonly description: string;
  readonly version: string;
  readonly publisher: string;
  readonly engines: { readonly vscode: string };
  readonly categories: readonly string[];
  readonly keywords: readonly string[];
  readonly icon: string;
}

/** By file extension, for the list of content types that the format requires. */
const contentTypes: Readonly<Record<string, string>> = {
  '.cjs': 'application/javascript',
  '.css': 'text/css',
  '.js': 'application/javascript',
  '.json': 'application/json',
  '.md': 'text/markdown',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.vsixmanifest': 'text/xml',
};

/**
 * Packs an extension as VS Code installs it: a zip following the Open Packaging Conventions, with a manifest next to the files.
 * `vsce` is not used because it brings a hundred packages for publishing. No dates are written, so the same files give the same bytes.
 */
export function packVsix(manifest: ExtensionManifest, files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const names = ['extension.vsixmanifest', ...[...files.keys()].map((path) => `extension/${path}`)];
  const entries: Zippable = {
    'extension.vsixmanifest': strToU8(vsixManifest(manifest)),
    '[Content_Types].xml': strToU8(contentTypesXml(names)),
  };
  for (const [path, bytes] of files) entries[`extension/${path}`] = bytes;
  return zipSync(entries, { level: 9, mtime: new Date(1980, 0, 1) });
}

function vsixManifest(manifest: ExtensionManifest): string {
  const { name, displayName, description, version, publisher } = manifest;
  const asset = (type: string, path: string) => `<Asset Type="${type}" Path="extension/${path}" Addressable="true" />`;
  return `<?xml version="1.0" encoding="utf-8"?>
<PackageManifest Version="2.0.0" xmlns="http://schemas.microsoft.com/developer/vsx-schema/2011">
  <Metadata>
    <Identity Language="en-US" Id="${name}" Version="${version}" Publisher="${publisher}" />
    <DisplayName>${escapeXml(displayName)}</DisplayName>
    <Description xml:space="preserve">${escapeXml(description)}</Description>
    <Tags>${escapeXml(manifest.keywords.join(','))}</Tags>
    <Categories>${escapeXml(manifest.categories.join(','))}</Categories>
    <Properties>
      <Property Id="Microsoft.VisualStudio.Code.Engine" Value="${escapeXml(manifest.engines.vscode)}" />
      <Property Id="Microsoft.VisualStudio.Code.ExtensionKind" Value="workspace,web" />
      <Property Id="Microsoft.VisualStudio.Services.GitHubFlavoredMarkdown" Value="true" />
    </Properties>
    <License>extension/LICENSE.txt</License>
    <Icon>extension/${manifest.icon}</Icon>
  </Metadata>
  <Installation>
    <InstallationTarget Id="Microsoft.VisualStudio.Code" />
  </Installation>
  <Dependencies />
  <Assets>
    ${asset('Microsoft.VisualStudio.Code.Manifest', 'package.json')}
    ${asset('Microsoft.VisualStudio.Services.Content.Details', 'README.md')}
    ${asset('Microsoft.VisualStudio.Services.Content.License', 'LICENSE.txt')}
    ${asset('Microsoft.VisualStudio.Services.Icons.Default', manifest.icon)}
  </Assets>
</PackageManifest>
`;
}

/** @throws Error for a file whose extension has no type here: add it to the table. */
function contentTypesXml(names: readonly string[]): string {
  const endings = [...new Set(names.map((name) => extname(name)))].sort();
  const lines = endings.map((ending) => {
    const type = contentTypes[ending];
    if (!type) throw new Error(`no content type is known for files '${ending}'`);
    return `  <Default Extension="${ending}" ContentType="${type}" />`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
${lines.join('\n')}
</Types>
`;
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
}
