import { z } from 'zod';
import { dateInput } from '../planner/input.ts';

/** Names a document of one conversation and the version of its shape. */
export const conversationFormat = 'colloquy-conversation/1';

/** A moment as documents write it. */
export const moment = z.iso.datetime().transform((text) => new Date(text));
/** How many there are of something. */
export const count = z.number().int().nonnegative();
/** A name or a title, which somebody chose. */
export const label = z.string().max(10_000);

const member = z.object({ id: z.uuid(), addedAt: moment });

/** The conversation of a document, without what was said in it. */
export const conversationHead = z.object({
  id: z.uuid(),
  title: label.nullable(),
  titleSource: z.enum(['NONE', 'AUTOMATIC', 'PERSON']),
  /** The data session that it is about. */
  sessionId: z.uuid().nullable(),
  /** What it is about, where that is not a session: a goal, the first day of a week, or a day. Only its owner is told. */
  goalId: z.uuid().nullable().default(null),
  weekStart: dateInput.nullable().default(null),
  date: dateInput.nullable().default(null),
  /** `AnswerDefaults`. */
  defaults: z.record(z.string(), z.json()),
  createdAt: moment,
  updatedAt: moment,
  expiresAt: moment.nullable(),
  forkedFromId: z.uuid().nullable(),
  /** Which of its personas answer. */
  turnPolicy: z.enum(['MENTIONED', 'ROUND_ROBIN', 'MODERATED']).default('MENTIONED'),
  maxTurns: z.int32().nullable().default(null),
  moderatorModel: z.string().max(10_000).nullable().default(null),
  /** Of the personas that take part those of the person whose document it is, in the order in which they came. */
  personas: z.array(member).max(1_000).default([]),
  /** Of the knowledge bases that it draws on the same. */
  knowledge: z.array(member).max(1_000).default([]),
  importedFrom: z.string().max(40).nullable(),
  joinedAt: moment,
  pinnedAt: moment.nullable(),
  archivedAt: moment.nullable(),
  readAt: moment.nullable(),
  tags: z.array(z.string().max(200)).max(1_000),
});

/** See `conversationHead`. */
export type ConversationHead = z.infer<typeof conversationHead>;

const plotVersion = z.object({ version: z.number().int().positive(), data: z.json(), instruction: z.string().nullable(), createdAt: moment });

const part = z.object({
  id: z.uuid(),
  kind: z.enum(['TEXT', 'QUERY_RESULT', 'PLOT', 'TOOL_EXCHANGE', 'REASONING', 'IMAGE', 'FILE', 'AUDIO', 'PLAN_PROPOSAL', 'CITATION']),
  text: z.string().nullable(),
  data: z.json(),
  /** Of a plot that was edited. */
  versions: z.array(plotVersion).max(1_000),
});

const sentiment = z.object({
  method: z.string().max(40),
  score: z.number().min(-1).max(1),
  magnitude: z.number().nonnegative(),
  label: z.enum(['POSITIVE', 'NEGATIVE', 'NEUTRAL', 'MIXED']),
  emotion: z.string().max(100).nullable(),
  model: z.string().max(300).nullable(),
  createdAt: moment,
});

const feedback = z.object({ rating: z.enum(['UP', 'DOWN']), comment: z.string().nullable(), createdAt: moment, updatedAt: moment });

const run = z.object({
  id: z.uuid(),
  kind: z.enum(['CHAT', 'AUTO_ANALYZE']),
  status: z.enum(['COMPLETED', 'STOPPED', 'FAILED']),
  questionId: z.uuid().nullable(),
  model: z.string().max(300),
  personaId: z.uuid().nullable().default(null),
  answeredBy: z.string().max(300).nullable().default(null),
  fallbackReason: z.string().nullable().default(null),
  options: z.json(),
  finishReason: z.string().max(40).nullable(),
  errorCode: z.string().max(60).nullable(),
  errorMessage: z.string().nullable(),
  isRetryable: z.boolean().nullable(),
  dataUpdated: z.boolean(),
  inputTokens: count.nullable(),
  outputTokens: count.nullable(),
  cachedInputTokens: count.nullable(),
  reasoningTokens: count.nullable(),
  /** Millionths of a US dollar, as text. */
  costMicros: z
    .string()
    .regex(/^\d{1,18}$/)
    .nullable(),
  isUsageEstimated: z.boolean(),
  lastSeq: count.nullable(),
  createdAt: moment,
  startedAt: moment.nullable(),
  finishedAt: moment.nullable(),
});

/** A message of a document. */
export const documentMessage = z.object({
  id: z.uuid(),
  parentId: z.uuid().nullable(),
  role: z.enum(['USER', 'ASSISTANT', 'SYSTEM', 'TOOL']),
  /** Whether the person whose document it is wrote it. */
  isMine: z.boolean(),
  /** The persona that wrote it, where it is one of the person whose document it is. */
  personaId: z.uuid().nullable().default(null),
  /** What the persona was called that wrote it; null where none did. */
  personaName: z.string().max(400).nullable().default(null),
  model: z.string().max(300).nullable(),
  mode: z.string().max(40).nullable(),
  confidence: z.number().min(0).max(1).nullable(),
  isActive: z.boolean(),
  createdAt: moment,
  parts: z.array(part).max(10_000),
  sentiment: sentiment.nullable(),
  feedback: feedback.nullable(),
  /** The run that wrote it, once it has ended. */
  run: run.nullable(),
});

/** See `documentMessage`. */
export type DocumentMessage = z.infer<typeof documentMessage>;
/** A piece of a message of a document. */
export type DocumentPart = DocumentMessage['parts'][number];
