import { encodeGlobalID } from '@pothos/plugin-relay';

/** The id of a row as the API writes it. */
export function globalId(type: string, id: string | undefined): string {
  return encodeGlobalID(type, id ?? '');
}

/** The id of the row behind an id of the API. */
export function rowId(id: string): string {
  return Buffer.from(id, 'base64').toString().split(':')[1] ?? '';
}
