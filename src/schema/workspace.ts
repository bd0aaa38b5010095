import { workspaceActions, type WorkspaceRole as Role } from '../services/workspace/permissions.ts';
import type { MemberRow } from '../services/workspace/members.ts';
import type { WorkspaceRow } from '../services/workspace/workspace-row.ts';
import { loadExisting } from './batch.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { paginate } from './pagination.ts';
import { User } from './user.ts';

const mayAs = (role: Role): string =>
  Object.values(workspaceActions)
    .filter((action) => action.role === role)
    .map(({ phrase }) => phrase)
    .join('; ');

/** What somebody may do in a workspace. */
export const WorkspaceRole = builder.enumType('WorkspaceRole', {
  description: 'What somebody may do in a workspace. Each role may do what stands below it as well.',
  values: {
    OWNER: { description: `May ${mayAs('OWNER')}.` },
    EDITOR: { description: `May ${mayAs('EDITOR')}.` },
    READER: { description: 'May use what is shared with it, also its keys of providers, see who is in it, and leave it.' },
  } as const,
});

/** A team. */
export const Workspace = builder.objectRef<WorkspaceRow>('Workspace');

/** The workspace that something belongs to or is shared with, as far as the viewer is in it. */
export const workspaceOf = ({ workspaceId }: { readonly workspaceId: string | null }, _arguments: unknown, { loaders }: Context) =>
  workspaceId === null ? null : loaders.workspace.load(workspaceId);

/** Somebody in a workspace. */
export const WorkspaceMember = builder.objectRef<MemberRow>('WorkspaceMember').implement({
  description: 'Somebody in a workspace.',
  fields: (t) => ({
    user: t.field({
      type: User,
      description: 'The person.',
      resolve: ({ userId }, _arguments, { loaders }) => loadExisting(loaders.user, userId, 'User'),
    }),
    role: t.expose('role', { type: WorkspaceRole, description: 'What they may do here.' }),
    joinedAt: t.expose('joinedAt', { type: 'DateTime', description: 'When they came, or made it.' }),
  }),
});

const MemberEdge = builder.edgeObject({ type: WorkspaceMember, name: 'WorkspaceMemberEdge', description: 'A member in a page.' });

const MemberConnection = builder.connectionObject({ type: WorkspaceMember, name: 'WorkspaceMemberConnection', description: 'A page of members.' }, MemberEdge);

builder.node(Workspace, {
  description:
    'A team: people who share personas, prompt templates, knowledge bases and keys of model providers, with quotas of their own. Everything else of theirs stays private: conversations, data and plans belong to no workspace. Its members alone see that there is one.',
  id: { resolve: (workspace) => workspace.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.workspace.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What it is called.' }),
    handle: t.exposeString('handle', {
      description: 'By which its providers are called, in lower case: `acme` in the model `acme/openai:gpt-5`. It never changes.',
    }),
    description: t.exposeString('description', { nullable: true, description: 'What it is for.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When its name or description was last changed.' }),
    viewerRole: t.expose('viewerRole', { type: WorkspaceRole, description: 'What you may do here.' }),
    members: t.connection(
      {
        type: WorkspaceMember,
        description: 'Who is in it, those who came first before the others.',
        resolve: (workspace, args, { loaders }) =>
          paginate(
            args,
            (page) => loaders.workspaceMembersOf.load({ id: workspace.id, page }),
            ({ joinedAt: at, userId: id }) => ({ at, id }),
          ),
      },
      MemberConnection,
    ),
  }),
});

const WorkspaceEdge = builder.edgeObject({ type: Workspace, name: 'WorkspaceEdge', description: 'A workspace in a page.' });

const WorkspaceConnection = builder.connectionObject({ type: Workspace, name: 'WorkspaceConnection', description: 'A page of workspaces.' }, WorkspaceEdge);

builder.queryField('workspaces', (t) =>
  t.connection(
    {
      type: Workspace,
      description: 'Your workspaces, those that you came to last first.',
      resolve: (_root, args, { services, viewer }) =>
        paginate(
          args,
          (page) => services.workspaces.list(viewer, page),
          ({ joinedAt: at, id }) => ({ at, id }),
        ),
    },
    WorkspaceConnection,
  ),
);
