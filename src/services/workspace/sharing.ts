/*
 * Who may use and change what can be shared with a workspace: personas, prompt templates and knowledge bases. Each has one owner and at most one
 * workspace. Every way to them goes through the conditions below.
 */

/** True or false, never null. The workspaces of a person are found once for a whole list, which then takes the indexes of owners and of workspaces. */
const membership = (alias: string, user: string, more = ''): string =>
  `(${alias}.workspace_id IS NOT NULL AND ${alias}.workspace_id = ANY(ARRAY(SELECT m.workspace_id FROM workspace_members m WHERE m.user_id = ${user}${more})))`;

/**
 * Whether somebody may use it: its owner, and the members of the workspace that it is shared with.
 *
 * @param alias of the table in SQL, which has `owner_id` and `workspace_id`
 * @param user the SQL of the id of the person
 */
export const isUsable = (alias: string, user: string): string => `(${alias}.owner_id = ${user} OR ${membership(alias, user)})`;

/** Whether somebody may change it: its owner, and the EDITORs and OWNERs of the workspace. Arguments as of `isUsable`. */
export const isEditable = (alias: string, user: string): string => `(${alias}.owner_id = ${user} OR ${membership(alias, user, " AND m.role <> 'READER'")})`;

/** `isUsable` for Prisma. */
export const usableBy = (userId: string) => ({ OR: [{ ownerId: userId }, { workspace: { members: { some: { userId } } } }] });

/** `isEditable` for Prisma. */
export const editableBy = (userId: string) => ({
  OR: [{ ownerId: userId }, { workspace: { members: { some: { userId, role: { not: 'READER' as const } } } } }],
});

/** Whether somebody may delete it, or take it back: its owner, and the OWNERs of the workspace. For Prisma. */
export const disposableBy = (userId: string) => ({
  OR: [{ ownerId: userId }, { workspace: { members: { some: { userId, role: 'OWNER' as const } } } }],
});

/**
 * Whether a thing may take part in a conversation: some participant may use it.
 *
 * @param alias of its table in SQL
 * @param conversation the SQL of the id of the conversation
 */
export const isUsableIn = (alias: string, conversation: string): string =>
  `EXISTS (SELECT 1 FROM participants q WHERE q.conversation_id = ${conversation} AND ${isUsable(alias, 'q.user_id')})`;

/** Which of the things that somebody may use are listed; what is absent or null does not matter. */
export interface SharingFilter {
  /** Those that are shared with this workspace. */
  readonly workspaceId?: string | null | undefined;
  /** Their own, or those of others. */
  readonly isMine?: boolean | null | undefined;
}

/**
 * The conditions of a list.
 *
 * @param parameter takes a value, and gives the SQL that stands for it
 */
export function sharingConditions(alias: string, user: string, filter: SharingFilter, parameter: (value: unknown) => string): readonly string[] {
  const { workspaceId, isMine } = filter;
  return [
    isMine === true ? `${alias}.owner_id = ${user}` : isUsable(alias, user),
    ...(isMine === false ? [`${alias}.owner_id <> ${user}`] : []),
    ...(workspaceId == null ? [] : [`${alias}.workspace_id = ${parameter(workspaceId)}::uuid`]),
  ];
}
