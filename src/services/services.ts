import type { Audit } from './audit.ts';
import type { ApiKeys } from './api-key/api-keys.ts';
import type { Authentication } from './authentication.ts';
import type { Conversations } from './conversation.ts';
import type { Files } from './file/files.ts';
import type { Health } from './health.ts';
import type { Identities } from './identity/identities.ts';
import type { Messages } from './message.ts';
import type { Models } from './model.ts';
import type { People } from './people/index.ts';
import type { Runs } from './run/run.ts';
import type { Sessions } from './session/sessions.ts';
import type { Uploads } from './upload/uploads.ts';

/** Everything the product can do. The schema and the server see nothing below it. */
export interface Services {
  readonly people: People;
  readonly apiKeys: ApiKeys;
  readonly identities: Identities;
  readonly authentication: Authentication;
  readonly audit: Audit;
  readonly conversations: Conversations;
  readonly messages: Messages;
  readonly runs: Runs;
  readonly models: Models;
  readonly sessions: Sessions;
  readonly files: Files;
  readonly uploads: Uploads;
  readonly health: Health;
}
