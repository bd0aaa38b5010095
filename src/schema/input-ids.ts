/**
 * The id of a row from the input of a global id, where absent and null differ.
 *
 * @returns undefined for what is absent, null for null
 */
export function rowIdOf(globalId: { readonly id: string } | null | undefined): string | null | undefined {
  return globalId?.id ?? (globalId === null ? null : undefined);
}

/**
 * The ids of rows from the input of global ids, where absent and null differ.
 *
 * @returns undefined for what is absent, null for null
 */
export function rowIdsOf(globalIds: readonly { readonly id: string }[] | null | undefined): readonly string[] | null | undefined {
  return globalIds?.map(({ id }) => id) ?? (globalIds === null ? null : undefined);
}
