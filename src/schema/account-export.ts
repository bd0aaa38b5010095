import type { MadeLink } from '../services/export-archive/takeaway.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';

const DownloadLink = builder.objectRef<MadeLink>('DownloadLink').implement({
  description: 'A signed link to something that is made when it is fetched.',
  fields: (t) => ({
    url: t.exposeString('url', {
      description: 'A path on this server that works without signing in, until `expiresAt`. What cannot be made answers an error, and never half a file.',
    }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Until when; a download that has begun goes on.' }),
  }),
});

const ConversationFormat = builder.enumType('ConversationFormat', {
  description: 'As what a conversation is exported.',
  values: {
    MARKDOWN: { description: 'To be read: what was said as it came, tables of up to fifty rows, plots as blocks of `vega-lite`.' },
    JSON: { description: 'Complete, and to be imported again by `POST /imports`: the format `colloquy-conversation/1`.' },
  } as const,
});

const ExportedBranches = builder.enumType('ExportedBranches', {
  description: 'Which messages of a conversation are exported.',
  values: {
    ACTIVE: { description: 'The branch that people see.' },
    ALL: { description: 'All of them.' },
  } as const,
});

builder.relayMutationField(
  'exportConversation',
  {
    description: 'Which conversation, and how.',
    inputFields: (t) => ({
      conversationId: t.globalID({ for: Conversation, required: true, description: 'The conversation.' }),
      format: t.field({ type: ConversationFormat, required: true, description: 'As what.' }),
      branches: t.field({ type: ExportedBranches, required: true, defaultValue: 'ALL', description: 'Which messages.' }),
    }),
  },
  {
    description: 'Exports a conversation as a document. It is made when the link is fetched, of the conversation as it is then.',
    resolve: (_root, { input }, { services, viewer }) => services.takeaway.exportConversation(viewer, { ...input, conversationId: input.conversationId.id }),
  },
  {
    description: 'The link.',
    outputFields: (t) => ({
      link: t.expose('link', { type: DownloadLink, description: 'Where the document can be fetched.' }),
      conversation: t.expose('conversation', { type: Conversation, description: 'The conversation.' }),
    }),
  },
);

builder.relayMutationField(
  'exportAccount',
  {
    description: 'A confirmation: whoever has the link has everything.',
    inputFields: (t) => ({ confirm: t.boolean({ required: true, description: 'Must be true.' }) }),
  },
  {
    description:
      'Exports all that you have as one ZIP archive, which `POST /imports` takes again: profile, preferences, conversations, data sessions with their files and tables, attachments and usage. No keys, passwords, logins or shared links. Made when the link is fetched, one at a time.',
    resolve: async (_root, { input }, { services, viewer, device }) => ({ link: await services.takeaway.exportAccount(viewer, input.confirm, device) }),
  },
  {
    description: 'The link.',
    outputFields: (t) => ({ link: t.expose('link', { type: DownloadLink, description: 'Where the archive can be fetched.' }) }),
  },
);
