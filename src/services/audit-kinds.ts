/** What the audit log tells of, with what each means. Published as `enum AuditKind`; stored as the word. */
export const auditKinds = {
  REGISTERED: 'Somebody made an account.',
  LOGIN_SUCCEEDED: 'Somebody signed in.',
  LOGIN_FAILED: 'Somebody tried to sign in with a wrong name or password. `data.nameHash` is the same for the same name, and does not tell it.',
  LOGIN_LIMITED: 'Attempts to sign in reached their limit: `data.limit` says which. Those that follow are refused and not listed.',
  LOGGED_OUT: 'Somebody ended their login.',
  LOGIN_REVOKED: 'Logins were ended from another device: `data.loginIds`.',
  TOKEN_REUSED: 'A refresh token came again after its time, as a stolen one would: its login was ended.',
  PASSWORD_CHANGED: 'Somebody changed their password, which ended their other logins.',
  PASSWORD_CHECK_FAILED: 'Somebody signed in gave a wrong password where it was asked for again.',
  ROLE_CHANGED: 'An administrator changed a role: `data.from`, `data.to`.',
  SETUP_TOKEN_USED: 'The set-up token made the first administrator.',
  SETUP_TOKEN_REFUSED: 'Somebody gave a set-up token that is not valid.',
  USER_DISABLED: 'An administrator disabled an account: `data.reason`.',
  USER_ENABLED: 'An administrator enabled an account again.',
  USER_DELETED: 'An account was deleted, by its owner or by an administrator.',
  ACCOUNT_EXPORTED: 'Somebody asked for an archive of everything that they have.',
  INVITATION_CREATED:
    'Somebody invited to a conversation, by an address or by a link: `data.conversationId`, `data.role`, `data.isLink`. The address is nowhere in it.',
  PARTICIPANT_JOINED: 'Somebody accepted an invitation to a conversation: `data.conversationId`, `data.role`.',
  PARTICIPANT_ROLE_CHANGED: 'An OWNER of a conversation gave a participant another role: `data.conversationId`, `data.from`, `data.to`.',
  PARTICIPANT_REMOVED: 'An OWNER of a conversation took a participant out of it: `data.conversationId`.',
  QUOTA_SET: 'An administrator set a quota: `data.scope`, `data.period`, and the limits as they are now; the subject is the person of scope USER.',
  QUOTA_REMOVED: 'An administrator removed a quota: `data.scope`, `data.period`.',
  WORKSPACE_QUOTA_SET: 'An OWNER of a workspace set a quota of it: `data.workspaceId`, `data.scope`, `data.period`, and the limits as they are now.',
  WORKSPACE_QUOTA_REMOVED: 'An OWNER of a workspace removed a quota of it: `data.workspaceId`, `data.scope`, `data.period`.',
  API_KEY_CREATED: 'Somebody made an API key.',
  API_KEY_REVOKED: 'An API key was revoked.',
  PROVIDER_KEY_SAVED:
    'Somebody saved a key for a model provider, their own or, with `data.workspaceId`, one of a workspace: `data.provider`. The key is nowhere in it.',
  PROVIDER_KEY_DELETED: 'Somebody removed a key for a model provider, their own or, with `data.workspaceId`, one of a workspace.',
  MCP_SERVER_SAVED: 'Somebody connected a server of tools, or changed one: `data.mcpServerId`, `data.transport`. Nothing of its headers is in it.',
  MCP_SERVER_DELETED: 'Somebody removed a server of tools.',
  IDENTITY_LINKED: 'An identity of another provider was connected with an account.',
  IDENTITY_UNLINKED: 'An identity of another provider was taken off an account.',
} as const;

/** A word of the audit log. */
export type AuditKind = keyof typeof auditKinds;
