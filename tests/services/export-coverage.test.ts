import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accountEntries } from '../../src/services/export-archive/account-entries.ts';
import { systemClock } from '../../src/base/clock.ts';
import { joinWithEverything, schema, type Somebody } from './people-belongings.ts';
import { openPeople, type OpenPeople } from './people-kit.ts';

/** What of people is in no archive, with the reason: whole models, or single fields. All else must be in it. */
const leftOut: Readonly<Record<string, string>> = {
  Credential: 'a password stays where it was set',
  Login: 'devices sign in again',
  RefreshToken: 'devices sign in again',
  ApiKey: 'keys are made anew',
  Identity: 'other providers are linked again',
  ProviderKey: 'keys of providers never leave the server',
  'McpServer.sealedHeaders': 'secrets of servers never leave this one',
  'McpServer.sealedSignIn': 'tokens of servers never leave this one',
  Invitation: 'addresses of others, and links that hold on this server alone',
  Mention: 'found again in the text',
  ShareLink: 'links to what was shared hold on this server alone',
  Upload: 'a transfer, whose files are in it once they are there',
  Import: 'a transfer, whose things are in it once they are there',
  Export: 'made anew by whoever wants it',
  ContextSummary: 'made anew from what it sums up',
  AttachmentUse: 'made anew from the messages',
  Speech: 'an order to speak; its sound is an attachment, which is in it',
  LivePresence: 'who is in a live room now, and has no texts',
  LivePass: 'what a server of live rooms was told',
  SearchEntry: 'made anew by triggers',
  Change: 'news for devices that were connected then',
  RunEvent: 'told again from the message',
  RunSpan: 'how answers were made on this server, kept for a while',
  ConversationEvent: 'news for devices that were connected then',
  Quota: 'set by administrators for their server',
  QuotaCount: 'counted by the server for itself',
  AuditEvent: 'the log of the administrators',
  RateLimit: 'counts of the server',
  QuotaTotal: 'counts of the server',
  Workspace: 'a team, which goes on without it; what the person shares there is in it',
  WorkspaceMember: 'who is in a team on this server',
  WorkspaceQuota: 'set by a team for itself',
  WorkspaceCount: 'counted by the server for itself',
  WorkspaceTotal: 'counts of the server',
  Setting: 'facts of the server',
  Round: 'turns that are under way',
  RunPause: 'a run that waits on this server',
  CalendarFeed: 'secret addresses hold on this server alone, and are made anew',
  Chunk: 'read anew from the document, which is in it whole',
  ChunkVector: 'made anew from the passages',
  'PlanProposal.undo': 'for undoing on this server',
  'User.usernameKey': 'the username in lower case',
  'User.disabledReason': 'a word of an administrator for administrators',
  'File.preview': 'the first rows of what is in the file',
  'File.columns': 'found out again when the file is read',
  'DerivedTable.preview': 'the first rows of what is in the table',
  'Attachment.text': 'what is in the file, which is in it whole',
  'Run.jobId': 'a job of a provider that this server asks for',
  'Run.idempotencyKey': 'for requests that come again to this server',
  'Run.requestHash': 'for requests that come again to this server',
};

let kit: OpenPeople;
let somebody: Somebody;
let archive: string;
beforeAll(async () => {
  kit = await openPeople();
  somebody = await joinWithEverything(kit);
  // An answer with a run that has ended, with all that hangs on it.
  await kit.pool.query(`UPDATE messages SET role = 'ASSISTANT'`);
  await kit.pool.query(`UPDATE runs SET status = 'COMPLETED'`);
  // One that is over is in no archive.
  await kit.pool.query('UPDATE conversations SET expires_at = NULL');
  await kit.pool.query('UPDATE participants SET expires_at = NULL');
  const counts = {
    conversations: 0,
    messages: 0,
    sessions: 0,
    files: 0,
    derivedTables: 0,
    verifiedQueries: 0,
    attachments: 0,
    usageEntries: 0,
    knowledgeBases: 0,
    documents: 0,
    missing: [],
  };
  const texts: string[] = [];
  for await (const { path, open } of accountEntries(
    { pool: kit.pool, prisma: kit.prisma, fileStore: kit.fileStore, clock: systemClock },
    somebody.userId,
    counts,
  )) {
    texts.push(path);
    for await (const chunk of open()) texts.push(String(chunk));
  }
  archive = texts.join('');
});
afterAll(() => kit.close());

const marked = schema.models.flatMap(({ name, fields }) =>
  // Every text of everybody's things says where it stands.
  fields
    .filter(({ type, name: field, holds }) => (type === 'String' || type === 'Json') && holds.length === 0 && field !== 'id')
    .map((field) => ({ model: name, field })),
);
const texts = marked.filter(({ field }) => !field.isUuid).map(({ model, field }) => `${model}.${field.name}`);
const isLeftOut = (path: string): boolean => leftOut[path] !== undefined || leftOut[path.split('.')[0] ?? ''] !== undefined;

describe('the archive of an account', () => {
  it.each(texts.filter((path) => !isLeftOut(path) && path !== 'User.email'))('has what is written in %s', (path) => {
    // What stands in the rows of a person who registered is no mark.
    if (path.startsWith('User.')) expect(archive).toContain(`"${path.slice('User.'.length)}"`);
    else expect(archive).toContain(`${somebody.mark} ${path}`);
  });

  it('has nothing of what is left out with a reason', () => {
    expect(texts.filter((path) => isLeftOut(path) && archive.includes(`${somebody.mark} ${path}`))).toEqual([]);
  });

  it('has a reason for each model and field that there is, and for none that there is not', () => {
    const known = new Set(schema.models.flatMap(({ name, fields }) => [name, ...fields.map((field) => `${name}.${field.name}`)]));
    expect(Object.keys(leftOut).filter((path) => !known.has(path))).toEqual([]);
    const whole = schema.models.filter(({ name }) => !isLeftOut(name)).map(({ name }) => name);
    // Of these a test above looks at each text, or the archive has them by another name.
    const withoutTexts = whole.filter((name) => !texts.some((path) => path.startsWith(`${name}.`)));
    expect(withoutTexts, 'those have days, and ids of what is in it').toEqual([
      'PersonaMcpServer',
      'ConversationPersona',
      'ItemCarry',
      'ConversationKnowledge',
      'PersonaKnowledge',
    ]);
    expect(archive).toMatch(new RegExp(`"mcpServerIds": \\[\\s*"${somebody.ids.get('McpServer')}"`));
    expect(archive).toMatch(new RegExp(`"knowledgeBaseIds": \\[\\s*"${somebody.ids.get('KnowledgeBase')}"`));
    expect(archive).toContain(somebody.ids.get('ItemCarry'));
    expect(archive).toContain(`"personas":[{"id":"${somebody.ids.get('Persona')}"`);
    expect(archive).toContain(`"knowledge":[{"id":"${somebody.ids.get('KnowledgeBase')}"`);
  });
});
