/** An identifier in double quotes, with those inside doubled, so that any name is only a name. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text in single quotes, with those inside doubled. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A list of texts for IN. */
export function literals(texts: readonly string[]): string {
  return texts.map(literal).join(', ');
}

/** `WHERE` with conditions that all must hold; empty for none. */
export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`;
}

/**
 * A name for a column of a result that Vega-Lite can read as a field: there dots, brackets and quotes have a meaning.
 *
 * @param name the wished name
 */
export function fieldName(name: string): string {
  const plain = name
    .replaceAll(/[.[\]'"\\]/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return plain === '' ? 'value' : plain;
}
