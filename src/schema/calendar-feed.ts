import type { CalendarFeedRow } from '../services/calendar-feed/calendar-feeds.ts';
import { builder } from './builder.ts';
import { paginate } from './pagination.ts';

const CalendarFeed = builder.objectRef<CalendarFeedRow>('CalendarFeed');

const CalendarFeedEdge = builder.edgeObject({ type: CalendarFeed, name: 'CalendarFeedEdge', description: 'A calendar feed in a page.' });

const CalendarFeedConnection = builder.connectionObject(
  { type: CalendarFeed, name: 'CalendarFeedConnection', description: 'A page of calendar feeds.' },
  CalendarFeedEdge,
);

builder.node(CalendarFeed, {
  description: 'A secret address under which a calendar program reads your plans.',
  id: { resolve: (feed) => feed.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.calendarFeed.load(id),
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What you call it; programs show it as the name of the calendar.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    lastReadAt: t.expose('lastReadAt', { type: 'DateTime', nullable: true, description: 'When a program last read it, to the minute.' }),
  }),
});

builder.queryField('calendarFeeds', (t) =>
  t.connection(
    {
      type: CalendarFeed,
      description: 'Your calendar feeds, newest first.',
      resolve: (_root, args, { services, viewer }) =>
        paginate(
          args,
          (page) => services.calendarFeeds.list(viewer, page),
          (row) => ({ at: row.createdAt, id: row.id }),
        ),
    },
    CalendarFeedConnection,
  ),
);

builder.relayMutationField(
  'createCalendarFeed',
  {
    description: 'What the feed is called.',
    inputFields: (t) => ({ name: t.string({ required: true, description: 'What to call it, for example the program that reads it; 1 to 100 characters.' }) }),
  },
  {
    description:
      'Makes a secret address under which a calendar program reads what stands on your days, from a year ago on. Whoever has the address can read it, so give each program its own; `revokeCalendarFeed` ends it at once. You may have 20.',
    resolve: (_root, { input }, { services, viewer }) => services.calendarFeeds.create(viewer, input),
  },
  {
    description: 'The new feed.',
    outputFields: (t) => ({
      calendarFeed: t.expose('calendarFeed', { type: CalendarFeed, description: 'The feed as it stands in your list.' }),
      url: t.string({
        description: 'The address, below that of this server. It is shown here and never again; only a hash of it is stored.',
        resolve: ({ token }) => `/calendar/${token}.ics`,
      }),
    }),
  },
);

builder.relayMutationField(
  'revokeCalendarFeed',
  {
    description: 'Which feed to end.',
    inputFields: (t) => ({ id: t.globalID({ for: CalendarFeed, required: true, description: 'The feed.' }) }),
  },
  {
    description: 'Ends a calendar feed at once: its address leads nowhere any more.',
    resolve: async (_root, { input }, { services, viewer }) => ({ id: await services.calendarFeeds.revoke(viewer, input.id.id) }),
  },
  {
    description: 'What was revoked.',
    outputFields: (t) => ({
      revokedCalendarFeedId: t.globalID({ description: 'The id that was revoked.', resolve: ({ id }) => ({ id, type: CalendarFeed }) }),
    }),
  },
);
