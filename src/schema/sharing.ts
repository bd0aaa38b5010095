import { badInput } from '../base/errors.ts';
import { isUuid } from '../base/id.ts';
import type { SharingFilter } from '../services/workspace/sharing.ts';
import { builder } from './builder.ts';
import { rowIdOf } from './input-ids.ts';

type InputFields = Parameters<Parameters<typeof builder.inputType<string, never>>[1]['fields']>[0];

/** Who may use what can be shared with a workspace. */
export const Visibility = builder.enumType('Visibility', {
  description: 'Who may use a persona, a prompt template or a knowledge base.',
  values: {
    PRIVATE: { description: 'Its owner alone.' },
    WORKSPACE: { description: 'The members of the workspace that it is shared with, too.' },
  } as const,
});

/** See `Visibility`. */
export const visibilityOf = ({ workspaceId }: { readonly workspaceId: string | null }) => (workspaceId === null ? 'PRIVATE' : 'WORKSPACE');

/** By which the owner of something says whom it is shared with. */
export const workspaceIdField = (t: InputFields) =>
  t.globalID({
    description:
      'A workspace in which you are EDITOR or OWNER: its members may use it from then on. Null takes it back, which an OWNER of the workspace can do as well; conversations in which nobody else may use it lose it.',
  });

/** The fields of a filter by whom something is shared with. */
export const sharingFields = (t: InputFields) => ({
  workspaceId: t.globalID({ description: 'Those that are shared with this workspace.' }),
  isMine: t.boolean({ description: 'True for yours, false for those that others share with you.' }),
});

type GlobalId = { readonly typename: string; readonly id: string } | null | undefined;

/**
 * The id of a workspace from an input, where absent and null differ.
 *
 * @throws AppError BAD_USER_INPUT for the id of something else
 */
export function workspaceIdOf(globalId: GlobalId, path = 'input'): string | null | undefined {
  if (globalId != null && (globalId.typename !== 'Workspace' || !isUuid(globalId.id))) {
    throw badInput([path, 'workspaceId'], 'This is not the id of a workspace; use the "id" of a Workspace.');
  }
  return rowIdOf(globalId);
}

/** A filter as the services take it. */
export function sharingFilterOf<Filter extends { readonly workspaceId?: GlobalId }>({
  workspaceId,
  ...filter
}: Filter): Omit<Filter, 'workspaceId'> & Pick<SharingFilter, 'workspaceId'> {
  return { ...filter, workspaceId: workspaceIdOf(workspaceId, 'filter') };
}
