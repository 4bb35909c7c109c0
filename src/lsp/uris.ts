/**
 * Addresses. The protocol names documents by URI, the compiler by path: an absolute path of the machine, a library name
 * such as `std/blocks`, or, for what is not a file, the URI itself; that of a virtual folder's file without escapes, since
 * imports have none. This is the one place that converts.
 */

/** The scheme under which editors open the files of the library, read-only. */
export const libraryScheme = 'enet-library';

/**
 * The address of a file in a virtual folder: its location and path. One with more, such as a query, stays unchanged.
 */
const virtualFile = /^([A-Za-z][A-Za-z\d+.-]*:(?:\/\/[^/?#]*)?)(\/[^?#]*)$/;

/** A path as the compiler knows it, for a URI. Never throws: anything that is not a URI is returned unchanged. */
export function uriToPath(uri: string): string {
  const parts = /^([A-Za-z][A-Za-z\d+.-]*):(?:\/\/([^/?#]*))?([^?#]*)/.exec(uri);
  if (!parts) return uri;
  const [, scheme = '', authority = '', path = ''] = parts;
  if (scheme.toLowerCase() === libraryScheme)
    return decode(path)
      .replace(/^\/+/, '')
      .replace(/\.enet$/, '');
  if (scheme.toLowerCase() !== 'file') {
    const [, head = '', rest = ''] = virtualFile.exec(uri) ?? [];
    const named = head + decode(rest);
    return virtualFile.test(named) ? named : uri;
  }
  const plain = decode(path);
  const drive = /^\/([A-Za-z]):(.*)$/s.exec(plain);
  if (drive) return `${(drive[1] as string).toUpperCase()}:${(drive[2] || '/').replaceAll('/', '\\')}`;
  // a host is a Windows share, which other systems cannot read either
  if (authority !== '' && authority !== 'localhost') return `\\\\${decode(authority)}${plain.replaceAll('/', '\\')}`;
  return plain === '' ? '/' : plain;
}

/** The URI of a path as the compiler knows it. */
export function pathToUri(path: string): string {
  if (path.startsWith('std/')) return `${libraryScheme}:/${encode(path)}.enet`;
  const drive = /^([A-Za-z]):[\\/]/.exec(path);
  if (drive) return `file:///${(drive[1] as string).toLowerCase()}%3A${encode(path.slice(2).replaceAll('\\', '/'))}`;
  if (path.startsWith('\\\\')) return `file:${encode(path.replaceAll('\\', '/'))}`;
  if (path.startsWith('/')) return `file://${encode(path)}`;
  const [, head = '', rest = path] = virtualFile.exec(path) ?? [];
  return head === '' ? path : head + encode(rest);
}

/** Whether a URI names a file of the library, which nothing may change. */
export function isLibraryUri(uri: string): boolean {
  return uri.toLowerCase().startsWith(`${libraryScheme}:`);
}

/** The folder of a path. */
export function folderOf(path: string): string {
  const end = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  if (end < 0) return path;
  const folder = path.slice(0, end);
  return folder === '' || /^[A-Za-z]:$/.test(folder) ? path.slice(0, end + 1) : folder;
}

/** As `decodeURIComponent`; a malformed escape stays unchanged. */
function decode(text: string): string {
  return text.replace(/(?:%[\dA-Fa-f]{2})+/g, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** The characters that stay unescaped in a path, the same as in VS Code, so that addresses are equal. */
function encode(path: string): string {
  return encodeURIComponent(path)
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}
