/**
 * The id of a row from the input of a global id, where absent and null differ.
 *
 * @returns undefined for what is absent, null for null
 */
export function rowIdOf(globalId: { readonly id: string } | null | undefined): string | null | undefined {
  return globalId?.id ?? (globalId === null ? null : undefined);
}
