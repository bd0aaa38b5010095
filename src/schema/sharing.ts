import type { SharingFilter } from '../services/workspace/sharing.ts';
import { builder } from './builder.ts';
import { rowIdOf } from './input-ids.ts';
import { Workspace } from './workspace.ts';

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
    for: Workspace,
    description:
      'A workspace in which you are EDITOR or OWNER: its members may use it from then on. Null takes it back, which an OWNER of the workspace can do as well; conversations in which nobody else may use it lose it.',
  });

/** The fields of a filter by whom something is shared with. */
export const sharingFields = (t: InputFields) => ({
  workspaceId: t.globalID({ for: Workspace, description: 'Those that are shared with this workspace.' }),
  isMine: t.boolean({ description: 'True for yours, false for those that others share with you.' }),
});

/** A filter as the services take it. */
export function sharingFilterOf<Filter extends { readonly workspaceId?: { readonly id: string } | null | undefined }>({
  workspaceId,
  ...filter
}: Filter): Omit<Filter, 'workspaceId'> & Pick<SharingFilter, 'workspaceId'> {
  return { ...filter, workspaceId: rowIdOf(workspaceId) };
}
