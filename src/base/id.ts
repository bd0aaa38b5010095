import { v7, validate } from 'uuid';

/** Makes ids: UUIDs of version 7, which sort by the time they were made (RFC 9562). */
export type IdSource = () => string;

/** The id source of production. */
export const uuidv7: IdSource = () => v7();

/** Whether a string is a UUID in its canonical form. */
export function isUuid(value: string): boolean {
  return validate(value);
}
