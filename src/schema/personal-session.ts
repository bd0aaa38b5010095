import { builder } from './builder.ts';
import { Session } from './session.ts';
import { neverAborted } from './table.ts';

builder.relayMutationField(
  'createPersonalSession',
  {
    description: 'What the new session is like.',
    inputFields: (t) => ({ title: t.string({ description: 'A title, at most 200 characters; `My data` when absent.' }) }),
  },
  {
    description:
      'Makes a data session over your own data, as it is now: the tables `goals`, `plan_items`, `moods`, `usage`, `conversations` and, put together by week, `weeks`. Ask about them like about uploaded ones: "plot my mood against completed items per week". They hold what is yours alone, nothing of temporary conversations, and SQL can only read them. `Column.description` says what stands where. You may have 5 such sessions.',
    resolve: async (_root, { input }, { services, viewer }, info) => ({
      session: await services.personalSessions.create(viewer, input, info.getAbortSignal() ?? neverAborted()),
    }),
  },
  {
    description: 'The new session.',
    outputFields: (t) => ({ session: t.expose('session', { type: Session, description: 'The new session.' }) }),
  },
);

builder.relayMutationField(
  'refreshPersonalSession',
  {
    description: 'Which session.',
    inputFields: (t) => ({ sessionId: t.globalID({ for: Session, required: true, description: 'A session that was made with `createPersonalSession`.' }) }),
  },
  {
    description:
      'Makes the tables of your own data in a session anew, also those that were deleted. They keep their ids and names; tables that were made of them are stale then, and `refreshTable` makes them anew.',
    resolve: async (_root, { input }, { services, viewer }, info) => ({
      session: await services.personalSessions.refresh(viewer, input.sessionId.id, info.getAbortSignal() ?? neverAborted()),
    }),
  },
  {
    description: 'The session with its new tables.',
    outputFields: (t) => ({ session: t.expose('session', { type: Session, description: 'The session.' }) }),
  },
);
