/*
 * Who may use and change what can be shared with a workspace: personas, prompt templates and knowledge bases. Each has one owner and at most one
 * workspace. Every way to them goes through the conditions below.
 */

const membership = (alias: string, user: string, more = ''): string =>
  `EXISTS (SELECT 1 FROM workspace_members m WHERE m.workspace_id = ${alias}.workspace_id AND m.user_id = ${user}${more})`;

/**
 * Whether somebody may use it: its owner, and the members of the workspace that it is shared with.
 *
 * @param alias of the table in SQL, which has `owner_id` and `workspace_id`
 * @param user the SQL of the id of the person
 */
export const isUsable = (alias: string, user: string): string => `(${alias}.owner_id = ${user} OR ${membership(alias, user)})`;

/** Whether somebody may change it: its owner, and the EDITORs and OWNERs of the workspace. Arguments as of `isUsable`. */
export const isEditable = (alias: string, user: string): string => `(${alias}.owner_id = ${user} OR ${membership(alias, user, " AND m.role <> 'READER'")})`;

/** Whether somebody may delete it, or say whom it is shared with: its owner, and the OWNERs of the workspace. Arguments as of `isUsable`. */
export const isDisposable = (alias: string, user: string): string => `(${alias}.owner_id = ${user} OR ${membership(alias, user, " AND m.role = 'OWNER'")})`;

/** `isUsable` for Prisma. */
export const usableBy = (userId: string) => ({ OR: [{ ownerId: userId }, { workspace: { members: { some: { userId } } } }] });

/** `isEditable` for Prisma. */
export const editableBy = (userId: string) => ({
  OR: [{ ownerId: userId }, { workspace: { members: { some: { userId, role: { not: 'READER' as const } } } } }],
});

/** `isDisposable` for Prisma. */
export const disposableBy = (userId: string) => ({
  OR: [{ ownerId: userId }, { workspace: { members: { some: { userId, role: 'OWNER' as const } } } }],
});
