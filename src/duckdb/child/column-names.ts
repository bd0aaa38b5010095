const longestName = 128;

/** Names for columns, and what had to be changed. */
export interface ColumnNames {
  readonly names: readonly string[];
  readonly warnings: readonly string[];
}

/**
 * Makes the names of columns usable: no name is empty, two names never differ in case alone (SQL would not tell them apart), control
 * characters and outer spaces are gone.
 *
 * @param found the names as they stand in the file; null where there is none
 */
export function uniqueColumnNames(found: readonly (string | null)[]): ColumnNames {
  const taken = new Set<string>();
  const warnings: string[] = [];
  const names = found.map((original, index) => {
    const clean = (original ?? '')
      .replaceAll(/[\u0000-\u001f\u007f\ufeff]+/g, ' ')
      .trim()
      .slice(0, longestName)
      .toWellFormed();
    const base = clean === '' ? `column_${index + 1}` : clean;
    let name = base;
    for (let suffix = 2; taken.has(name.toLowerCase()); suffix += 1) name = `${base}_${suffix}`;
    taken.add(name.toLowerCase());
    if (clean === '') warnings.push(`Column ${index + 1} has no name; it is called "${name}".`);
    else if (name !== base) warnings.push(`The name "${base}" stands more than once; column ${index + 1} is called "${name}".`);
    return name;
  });
  return { names, warnings: warnings.length > 10 ? [...warnings.slice(0, 10), `${warnings.length - 10} more columns were renamed likewise.`] : warnings };
}
