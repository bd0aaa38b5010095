import type { VerifiedQuery as VerifiedQueryRow } from '../services/verified-query/verified-queries.ts';
import { builder } from './builder.ts';
import { loadExisting } from './batch.ts';
import { Session } from './session.ts';

const VerifiedQuery = builder.objectRef<VerifiedQueryRow>('VerifiedQuery');

builder.node(VerifiedQuery, {
  description: 'A question with the SQL that a person found right. Later runs of the session are shown the nearest as examples.',
  id: { resolve: (row) => row.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.verifiedQuery.load(id),
  fields: (t) => ({
    question: t.exposeString('question', { description: 'The question, as people ask it.' }),
    sql: t.exposeString('sql', { description: 'The DuckDB SQL that answers it.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was first saved.' }),
    session: t.field({
      type: Session,
      description: 'The session whose tables it reads.',
      resolve: (row, _arguments, context) => loadExisting(context.loaders.session, row.sessionId, 'Session'),
    }),
  }),
});

builder.objectField(Session, 'verifiedQueries', (t) =>
  t.field({
    type: [VerifiedQuery],
    description: 'Questions with verified SQL, in the order in which they were first saved; at most a hundred.',
    resolve: async (session, _arguments, context) => (await context.loaders.verifiedQueriesOfSession.load(session.id)) ?? [],
  }),
);

builder.relayMutationField(
  'saveVerifiedQuery',
  {
    description: 'What to keep.',
    inputFields: (t) => ({
      sessionId: t.globalID({ for: Session, required: true, description: 'The session whose tables the SQL reads.' }),
      question: t.string({ required: true, description: 'The question, as people ask it; at most 500 characters.' }),
      sql: t.string({ required: true, description: 'One DuckDB SELECT that answers it. It is run once and must work.' }),
    }),
  },
  {
    description:
      'Keeps a question with the right SQL. Later runs of the session get the five nearest as examples, and the built-in analyst answers the same question, whatever its case and punctuation, with this SQL. The same question again replaces the SQL.',
    resolve: async (_root, { input }, context, info) => {
      const { sessionId, question, sql } = input;
      const signal = info.getAbortSignal() ?? new AbortController().signal;
      return { verifiedQuery: await context.services.verifiedQueries.save(context.viewer, { sessionId: sessionId.id, question, sql }, signal) };
    },
  },
  {
    description: 'What is kept now.',
    outputFields: (t) => ({ verifiedQuery: t.expose('verifiedQuery', { type: VerifiedQuery, description: 'The question with its SQL.' }) }),
  },
);

builder.relayMutationField(
  'deleteVerifiedQuery',
  {
    description: 'What to forget.',
    inputFields: (t) => ({ id: t.globalID({ for: VerifiedQuery, required: true, description: 'The verified query.' }) }),
  },
  {
    description: 'Forgets a question with its verified SQL.',
    resolve: (_root, { input }, context) => context.services.verifiedQueries.delete(context.viewer, input.id.id),
  },
  {
    description: 'What was forgotten.',
    outputFields: (t) => ({
      deletedVerifiedQueryId: t.globalID({ description: 'The verified query.', resolve: (row) => ({ id: row.id, type: VerifiedQuery }) }),
      session: t.field({
        type: Session,
        description: 'The session that it was in, as it is now.',
        resolve: (row, _arguments, context) => loadExisting(context.loaders.session, row.sessionId, 'Session'),
      }),
    }),
  },
);
