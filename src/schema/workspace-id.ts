import { encodeGlobalID } from '@pothos/plugin-relay';
import { badInput, notFound } from '../base/errors.ts';
import { isUuid } from '../base/id.ts';

/**
 * The id of a workspace from the input of a global id.
 *
 * @param path where it stands
 * @throws AppError BAD_USER_INPUT for the id of something else
 */
export function workspaceIdOf({ typename, id }: { readonly typename: string; readonly id: string }, path: readonly string[]): string {
  if (typename !== 'Workspace') throw badInput(path, `is the id of a ${typename}; give that of a Workspace`);
  if (!isUuid(id)) throw notFound('Workspace');
  return id;
}

/** The global id of a workspace; null for none. */
export const workspaceGlobalId = (id: string | null): string | null => (id === null ? null : encodeGlobalID('Workspace', id));
