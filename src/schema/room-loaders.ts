import type { Viewer } from '../auth/viewer.ts';
import type { Person } from '../services/people/person.ts';
import type { InvitationRow } from '../services/invitation/invitation-row.ts';
import type { ParticipantRow } from '../services/room/participants.ts';
import type { RoomRole } from '../services/room/permissions.ts';
import type { MemberRow } from '../services/workspace/members.ts';
import type { ListedProviderKey } from '../services/provider-key/keep-keys.ts';
import type { WorkspaceQuotasView } from '../services/workspace/quotas.ts';
import type { WorkspaceRow } from '../services/workspace/workspace-row.ts';
import type { Services } from '../services/services.ts';
import { loaderOf, pageLoaderOf } from './batch.ts';

/** The batches of who takes part in conversations. */
export function createRoomLoaders(
  { participants, invitations, workspaces, workspaceMembers, workspaceQuotas, providerKeys, mentions, avatars, people }: Services,
  viewer: Viewer | null,
) {
  return {
    participantsOf: pageLoaderOf<ParticipantRow>((ids, page) => participants.listMany(viewer, ids, page)),
    roleIn: loaderOf<RoomRole>((ids) => participants.rolesOf(viewer, ids)),
    invitation: loaderOf<InvitationRow>((ids) => invitations.byIds(viewer, ids)),
    invitationsTo: pageLoaderOf<InvitationRow>((ids, page) => invitations.listMany(viewer, 'conversation', ids, page)),
    invitationsToWorkspace: pageLoaderOf<InvitationRow>((ids, page) => invitations.listMany(viewer, 'workspace', ids, page)),
    workspace: loaderOf<WorkspaceRow>((ids) => workspaces.byIds(viewer, ids)),
    workspaceQuotasOf: loaderOf<WorkspaceQuotasView>((ids) => workspaceQuotas.ofWorkspaces(viewer, ids)),
    keysOfWorkspace: loaderOf<readonly ListedProviderKey[]>((ids) => providerKeys.ofWorkspaces(viewer, ids)),
    workspaceMembersOf: pageLoaderOf<MemberRow>((ids, page) => workspaceMembers.listMany(viewer, ids, page)),
    mentionedIn: loaderOf<readonly string[]>((ids) => mentions.ofMessages(viewer, ids)),
    unreadMentionCount: loaderOf<number>((ids) => mentions.unreadCounts(viewer, ids)),
    avatarOf: loaderOf<string>((ids) => avatars.ofPeople(viewer, ids)),
    authorOf: loaderOf<Person>((ids) => people.authorsOf(viewer, ids)),
  };
}
