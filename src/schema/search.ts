import { htmlOf, type TextMark } from '../services/search/highlight.ts';
import type { SearchHighlight as SearchHighlightRow } from '../services/search/highlights.ts';
import type { SearchHit as SearchHitRow, SearchPage } from '../services/search/search.ts';
import { builder } from './builder.ts';
import { Conversation } from './conversation.ts';
import { File } from './file.ts';
import { Goal } from './goal.ts';
import { asksFor } from './look-ahead.ts';
import { Message } from './message.ts';
import { sizeOf } from './pagination.ts';
import { PlanItem } from './plan-item.ts';
import { DailyPlan, WeeklyPlan } from './plan.ts';

const SearchType = builder.enumType('SearchType', {
  description: 'What can be found.',
  values: {
    MESSAGE: { description: 'A message, by its text and the titles of its tables and plots.' },
    CONVERSATION: { description: 'A conversation, by its title and your tags.' },
    FILE: { description: 'An uploaded file, by its name and the names of its columns.' },
    GOAL: { description: 'A goal, by its title and description.' },
    WEEKLY_PLAN: { description: 'The plan of a week, by its focus areas and summary.' },
    DAILY_PLAN: { description: 'The plan of a day, by its summary.' },
    PLAN_ITEM: { description: 'An item, by its title and notes.' },
  } as const,
});

const SearchField = builder.enumType('SearchField', {
  description: 'Of what a found text is.',
  values: {
    TITLE: { description: 'The title of a conversation, a goal or an item.' },
    TAG: { description: 'One of your tags.' },
    TEXT: { description: 'What a message, the description of a goal, the summary of a plan or the notes of an item say.' },
    NAME: { description: 'The name of a file.' },
    COLUMN: { description: 'The name of a column.' },
    FOCUS_AREA: { description: 'A focus area of a week.' },
  } as const,
});

/** A stretch of a text. */
export const SearchMark = builder.objectRef<TextMark>('SearchMark').implement({
  description: 'A stretch of a text, counted in UTF-16 units as strings in JavaScript are: `text.slice(start, end)`.',
  fields: (t) => ({
    start: t.exposeInt('start', { description: 'Where it begins, from 0.' }),
    end: t.exposeInt('end', { description: 'Where it ends; what stands there is not in it.' }),
  }),
});

const SearchHighlight = builder.objectRef<SearchHighlightRow>('SearchHighlight').implement({
  description: 'A piece of a text in which something was found.',
  fields: (t) => ({
    field: t.expose('field', { type: SearchField, description: 'Of what it is.' }),
    text: t.exposeString('text', { description: 'The piece as plain text, about 240 characters; `…` stands for what was left out.' }),
    marks: t.field({ type: [SearchMark], description: 'Where the words stand in `text`, in order.', resolve: ({ marks }) => [...marks] }),
    html: t.string({
      description: 'The same as HTML that is safe to insert: all of `text` is escaped, and the only tag is `<mark>`.',
      resolve: (highlight) => htmlOf(highlight),
    }),
  }),
});

const SearchSubject = builder.unionType('SearchSubject', {
  description: 'What was found.',
  types: [Message, Conversation, File, Goal, WeeklyPlan, DailyPlan, PlanItem],
  resolveType: (row) => {
    if ('role' in row) return Message;
    if ('eventSeq' in row) return Conversation;
    if ('horizon' in row) return Goal;
    if ('focusAreas' in row) return WeeklyPlan;
    if ('carriedCount' in row) return PlanItem;
    return 'date' in row ? DailyPlan : File;
  },
});

const SearchHit = builder.objectRef<SearchHitRow>('SearchHit').implement({
  description: 'Something that was found.',
  fields: (t) => ({
    type: t.expose('type', { type: SearchType, description: 'What it is.' }),
    subject: t.field({
      type: SearchSubject,
      nullable: true,
      description: 'The thing itself; null when it was deleted a moment ago.',
      resolve: ({ type, subjectId }, _arguments, { loaders }) => {
        const { message, conversation, file, goal, weeklyPlan, dailyPlan, planItem } = loaders;
        const byType = {
          MESSAGE: message,
          CONVERSATION: conversation,
          FILE: file,
          GOAL: goal,
          WEEKLY_PLAN: weeklyPlan,
          DAILY_PLAN: dailyPlan,
          PLAN_ITEM: planItem,
        };
        return byType[type].load(subjectId);
      },
    }),
    highlights: t.field({
      type: [SearchHighlight],
      description: 'Where the words were found: of a message the piece of its text that holds the most of them.',
      resolve: ({ highlights }) => [...highlights],
    }),
  }),
});

const SearchEdge = builder.objectRef<SearchHitRow>('SearchEdge').implement({
  description: 'A hit in a page.',
  fields: (t) => ({
    cursor: t.exposeString('cursor', { description: 'Where this hit stands; give it as `after`.' }),
    node: t.field({ type: SearchHit, description: 'The hit itself.', resolve: (hit) => hit }),
  }),
});

const SearchConnection = builder.objectRef<SearchPage>('SearchConnection').implement({
  description: 'A page of hits.',
  fields: (t) => ({
    edges: t.field({ type: [SearchEdge], description: 'The page, best first.', resolve: ({ hits }) => [...hits] }),
    pageInfo: t.field({
      type: builder.pageInfoRef(),
      description: 'Where this page stands.',
      resolve: ({ hits, hasMore, hasPrevious }) => ({
        hasNextPage: hasMore,
        hasPreviousPage: hasPrevious,
        startCursor: hits[0]?.cursor ?? null,
        endCursor: hits.at(-1)?.cursor ?? null,
      }),
    }),
    isTruncated: t.exposeBoolean('isTruncated', {
      description: 'Whether more matched than are ranked, 1,000 unless configured otherwise. The older ones are left out then: be more precise.',
    }),
  }),
});

builder.queryField('search', (t) =>
  t.field({
    type: SearchConnection,
    description:
      'Finds messages, conversations, files, goals, plans and items of yours, best first: those that hold the words closely together, in a title, and lately. All words must be there, `"quoted words"` in this order, `-without` this one, this `or` that. Capitals and accents do not matter, English words are found in all their forms, and titles and names also with typing errors.',
    args: {
      query: t.arg.string({ required: true, description: 'What to look for, at most 200 characters, for example `budget "next year" -draft`.' }),
      types: t.arg({ type: [SearchType], description: 'What to find; everything when absent.' }),
      first: t.arg.int({ description: 'How many hits, 1 to 100; 20 when absent.' }),
      after: t.arg.string({ description: 'Only hits after this cursor. What was written since the first page was read is not among them.' }),
    },
    resolve: (_root, { first, ...input }, { services, viewer }, info) =>
      services.search.find(viewer, { ...input, first: sizeOf(first) }, { isHighlighted: asksFor(info, ['highlights']) }),
  }),
);
