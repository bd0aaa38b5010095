import { randomUUID } from 'node:crypto';
import type { TestPerson } from './app.ts';
import { acceptByToken } from './rooms.ts';

/** Makes a workspace. Returns its global id. */
export async function openWorkspace(owner: TestPerson, input: { readonly name?: string; readonly handle?: string } = {}): Promise<string> {
  const document = 'mutation ($input: CreateWorkspaceInput!) { createWorkspace(input: $input) { workspace { id } } }';
  const handle = `team-${randomUUID().slice(0, 8)}`;
  return (await owner.client.request(document, { input: { name: 'The team', handle, ...input } })).createWorkspace.workspace.id;
}

/** Brings people into a workspace, each by a link of their own. */
export async function letIntoWorkspace(owner: TestPerson, workspaceId: string, role: 'EDITOR' | 'READER', ...people: readonly TestPerson[]): Promise<void> {
  const document = 'mutation ($input: CreateWorkspaceInvitationLinkInput!) { createWorkspaceInvitationLink(input: $input) { token } }';
  for (const person of people) {
    const { token } = (await owner.client.request(document, { input: { workspaceId, role } })).createWorkspaceInvitationLink;
    await person.client.request(acceptByToken, { token });
  }
}
