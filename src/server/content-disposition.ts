const longestName = 200;

/** Characters of `attr-char` beyond letters and digits (RFC 8187, section 3.2.1) that `encodeURIComponent` leaves as they are, and should not. */
function percentEncoded(text: string): string {
  return encodeURIComponent(text).replaceAll(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** A name without what file systems, shells and headers take for something else: separators, control and direction characters. */
export function safeFileName(name: string): string {
  const clean = name
    .toWellFormed()
    .replaceAll(/\p{Cc}|(?!\u{200D})\p{Cf}/gu, '')
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    .replaceAll(/^[.\s]+|[.\s]+$/g, '');
  if (clean === '') return 'download';
  if (clean.length <= longestName) return clean;
  const ending = /\.[A-Za-z0-9.]{1,12}$/.exec(clean)?.[0] ?? '';
  return `${clean.slice(0, longestName - ending.length).toWellFormed()}${ending}`;
}

/**
 * The header that makes a browser save a file under its name (RFC 6266): the name in ASCII for old clients, and as it is for all others.
 *
 * @param fileName may hold any character
 */
export function contentDisposition(fileName: string): string {
  const name = safeFileName(fileName);
  const plain = name.replaceAll(/[^\x20-\x7e]/g, '_').replaceAll('%', '_');
  const extended = plain === name ? '' : `; filename*=UTF-8''${percentEncoded(name)}`;
  return `attachment; filename="${plain}"${extended}`;
}
