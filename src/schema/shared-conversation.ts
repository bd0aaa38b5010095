import type { PlotData } from '../services/plot/plot-data.ts';
import { pageOfShared, type PlacedMessage, type SharedPage } from '../services/share-link/shared-page.ts';
import type { SharedConversation as SharedConversationRow } from '../services/share-link/share-links.ts';
import type { SharedPart as SharedPartRow } from '../services/share-link/snapshot.ts';
import { builder } from './builder.ts';
import { MessageRole } from './message.ts';
import { sizeOf } from './pagination.ts';
import { PlotTheme, widthText } from './plot.ts';
import { ResultColumn } from './result-column.ts';

type PartOf<Type extends SharedPartRow['type']> = Extract<SharedPartRow, { type: Type }>;

const SharedText = builder.objectRef<PartOf<'TEXT'>>('SharedText').implement({
  description: 'Text of a shared message, in Markdown as it came.',
  fields: (t) => ({ text: t.exposeString('text', { description: 'The text.' }) }),
});

const SharedTable = builder.objectRef<PartOf<'TABLE'>>('SharedTable').implement({
  description: 'A table of a shared message, without the SQL that made it.',
  fields: (t) => ({
    title: t.exposeString('title', { description: 'What it shows, in a few words.' }),
    columns: t.field({ type: [ResultColumn], description: 'The columns, in order.', resolve: ({ columns }) => columns }),
    rows: t.field({ type: ['JSON'], description: 'The rows, each an array of values in the order of `columns`.', resolve: ({ rows }) => rows }),
    truncated: t.exposeBoolean('truncated', { description: 'Whether there were more rows than are here.' }),
  }),
});

/** The stored plot, and under which name its pictures are remembered. */
interface KeyedPlot {
  readonly type: 'PLOT';
  readonly plot: PlotData;
  readonly key: string;
}

const SharedPlot = builder.objectRef<KeyedPlot>('SharedPlot').implement({
  description: 'A plot of a shared message, without the SQL of its data.',
  fields: (t) => ({
    title: t.string({ description: 'What it shows, in a few words.', resolve: ({ plot }) => plot.title }),
    spec: t.field({
      type: 'JSON',
      description: 'The Vega-Lite v6 specification with its data; give it to vega-embed as it is. Nothing in it is loaded from elsewhere.',
      args: {
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is shown on.' }),
        width: t.arg.int({ description: widthText }),
      },
      resolve: (plot, { theme, width }, { services }) => services.sharedPlots.spec(plot, { theme: theme ?? 'LIGHT', width: width ?? null }),
    }),
    svg: t.string({
      description: 'The plot as SVG text, without scripts, links and foreign fonts.',
      args: {
        theme: t.arg({ type: PlotTheme, defaultValue: 'LIGHT', description: 'What it is drawn on.' }),
        width: t.arg.int({ description: widthText }),
      },
      resolve: (plot, { theme, width }, { services }) => services.sharedPlots.svg(plot, { theme: theme ?? 'LIGHT', width: width ?? null }),
    }),
  }),
});

const SharedAttachment = builder.objectRef<PartOf<'ATTACHMENT'>>('SharedAttachment').implement({
  description: 'Says that a picture or a file was here, which is not shared.',
  fields: (t) => ({ isImage: t.exposeBoolean('isImage', { description: 'Whether it is a picture.' }) }),
});

const SharedMessagePart = builder.unionType('SharedMessagePart', {
  description: 'A typed piece of a shared message.',
  types: [SharedText, SharedTable, SharedPlot, SharedAttachment],
  resolveType: ({ type }) => ({ TEXT: SharedText, TABLE: SharedTable, PLOT: SharedPlot, ATTACHMENT: SharedAttachment })[type],
});

const SharedMessage = builder.objectRef<PlacedMessage>('SharedMessage').implement({
  description: 'A message as it was when it was shared. It has no id, and does not say who wrote it.',
  fields: (t) => ({
    role: t.expose('role', { type: MessageRole, description: 'Who speaks: a person or an engine.' }),
    model: t.exposeString('model', { nullable: true, description: 'The model that answered, without its provider; null for people.' }),
    createdAt: t.field({ type: 'DateTime', description: 'When it was written, or begun.', resolve: ({ createdAt }) => new Date(createdAt) }),
    parts: t.field({
      type: [SharedMessagePart],
      description: 'The pieces, in order.',
      resolve: ({ key, parts }) => parts.map((part, index) => (part.type === 'PLOT' ? { ...part, key: `${key} ${index}` } : part)),
    }),
  }),
});

const SharedMessageEdge = builder.objectRef<PlacedMessage>('SharedMessageEdge').implement({
  description: 'A shared message in a page.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where this message stands; give it as `after`.' }),
    node: t.field({ type: SharedMessage, description: 'The message itself.', resolve: (message) => message }),
  }),
});

const SharedMessageConnection = builder.objectRef<SharedPage>('SharedMessageConnection').implement({
  description: 'A page of shared messages.',
  fields: (t) => ({
    edges: t.field({ type: [SharedMessageEdge], description: 'The page, in order.', resolve: ({ messages }) => [...messages] }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where this page stands.',
      resolve: ({ messages, hasMore, hasPrevious }) => ({
        hasNextPage: hasMore,
        hasPreviousPage: hasPrevious,
        startCursor: messages[0]?.cursor ?? null,
        endCursor: messages.at(-1)?.cursor ?? null,
      }),
    }),
  }),
});

const SharedConversation = builder.objectRef<SharedConversationRow>('SharedConversation').implement({
  description: 'A conversation as it was when it was shared.',
  fields: (t) => ({
    title: t.exposeString('title', { nullable: true, description: 'The title that it had.' }),
    sharedAt: t.expose('sharedAt', { type: 'DateTime', description: 'When it was shared; what was said later does not show.' }),
    expiresAt: t.expose('expiresAt', { type: 'DateTime', nullable: true, description: 'Until when it can be read; null for until it is revoked.' }),
    messageCount: t.int({ description: 'How many messages it has.', resolve: ({ messages }) => messages.length }),
    messages: t.field({
      type: SharedMessageConnection,
      description: 'The messages, oldest first.',
      args: {
        first: t.arg.int({ description: 'How many, 1 to 100; 20 when absent.' }),
        after: t.arg.string({ description: 'Only messages after this cursor.' }),
      },
      resolve: (shared, { first, after }) => pageOfShared(shared, sizeOf(first), after),
    }),
  }),
});

builder.queryField('sharedConversation', (t) =>
  t.field({
    type: SharedConversation,
    description:
      'What `shareConversation` has shared, for everybody who has the token, signed in or not. A token that was revoked, whose time is over, or that never was, is NOT_FOUND.',
    args: { token: t.arg.string({ required: true, description: 'The token, `clq_s_...`.' }) },
    resolve: (_root, { token }, { services, device }) => services.shareLinks.open(token, device),
  }),
);
