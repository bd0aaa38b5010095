import type { Part as PartRow } from '../../prisma/generated/client.ts';
import type { Position } from '../base/page.ts';
import type { LoadedMessage } from '../services/message.ts';
import { AudioPart, FilePart, ImagePart } from './attachment.ts';
import { Author } from './author.ts';
import { CitationPart } from './citation.ts';
import { ReasoningPart, ToolCallPart } from './answer-parts.ts';
import { builder } from './builder.ts';
import type { Context } from './context.ts';
import { QueryResultPart } from './data-parts.ts';
import { PlanProposalPart } from './plan-proposal.ts';
import { PlotPart } from './plot.ts';

/** One row of a conversation. */
export const Message = builder.objectRef<LoadedMessage>('Message');

const MessageEdge = builder.edgeObject({ type: Message, name: 'MessageEdge', description: 'A message in a page.' });

/** A page of messages. */
export const MessageConnection = builder.connectionObject({ type: Message, name: 'MessageConnection', description: 'A page of messages.' }, MessageEdge);

/** Where a message stands among the messages of its conversation. */
export function messagePosition(message: LoadedMessage): Position {
  return { at: message.createdAt, id: message.id };
}

/** Who speaks in a message. */
export const MessageRole = builder.enumType('MessageRole', {
  description: 'Who speaks in a message.',
  values: {
    USER: { description: 'A person.' },
    ASSISTANT: { description: 'An engine.' },
    SYSTEM: { description: 'An instruction that stands above the conversation.' },
    TOOL: { description: 'The answer of a tool.' },
  } as const,
});

/** A piece of text in a message. */
export const TextPart = builder.objectRef<PartRow>('TextPart').implement({
  description: 'Text, in Markdown as it came.',
  fields: (t) => ({ text: t.string({ description: 'The text.', resolve: (part) => part.text ?? '' }) }),
});

const partTypes: { readonly [kind in PartRow['kind']]: string } = {
  TEXT: 'TextPart',
  REASONING: 'ReasoningPart',
  TOOL_EXCHANGE: 'ToolCallPart',
  QUERY_RESULT: 'QueryResultPart',
  PLOT: 'PlotPart',
  IMAGE: 'ImagePart',
  FILE: 'FilePart',
  PLAN_PROPOSAL: 'PlanProposalPart',
  CITATION: 'CitationPart',
  AUDIO: 'AudioPart',
};

/** A typed piece of a message. */
export const MessagePart = builder.unionType('MessagePart', {
  description: 'A typed piece of a message.',
  types: [TextPart, ReasoningPart, ToolCallPart, QueryResultPart, PlotPart, ImagePart, FilePart, AudioPart, PlanProposalPart, CitationPart],
  resolveType: (part) => partTypes[part.kind],
});

async function loadParts(message: LoadedMessage, { loaders }: Context): Promise<readonly PartRow[]> {
  return (await loaders.partsOf.load(message.id)) ?? [];
}

builder.node(Message, {
  description: 'A message: one row of a conversation, made of typed parts.',
  id: { resolve: (message) => message.id, description: 'The global id.' },
  loadOne: (id, context) => context.loaders.message.load(id),
  fields: (t) => ({
    role: t.expose('role', { type: MessageRole, description: 'Who speaks.' }),
    author: t.field({
      type: Author,
      nullable: true,
      description:
        'The person who wrote it, also one who takes part no more, or the persona in whose name it was written; null for the assistant without a persona, and when the account or the persona is gone.',
      resolve: ({ id, authorId, personaId }, _arguments, { loaders }) => {
        if (personaId !== null) return loaders.persona.load(personaId);
        return authorId === null ? null : loaders.authorOf.load(id);
      },
    }),
    authorName: t.exposeString('personaName', {
      nullable: true,
      description: 'What the persona was called when it wrote it, also when it is gone; null where no persona wrote it.',
    }),
    parent: t.field({
      type: Message,
      nullable: true,
      description: 'The message that this one follows; null for the first.',
      resolve: (message, _arguments, context) => (message.parentId === null ? null : context.loaders.message.load(message.parentId)),
    }),
    parts: t.field({
      type: [MessagePart],
      description: 'The pieces, in order. While the answer is being written, text is here as far as it is stored; follow `runEvents` for every word.',
      resolve: (message, _arguments, context) => message.parts ?? loadParts(message, context),
    }),
    text: t.string({
      description: 'The text parts, joined by blank lines.',
      resolve: (message, _arguments, context) => {
        const { textOf } = context.services.messages;
        if (message.parts !== undefined) return textOf(message.parts);
        // Null is the text of a message without text parts.
        return message.text === undefined ? loadParts(message, context).then(textOf) : (message.text ?? '');
      },
    }),
    model: t.exposeString('model', { nullable: true, description: 'The model that answered, as `provider:model`; null for people.' }),
    mode: t.exposeString('mode', {
      nullable: true,
      description:
        'How the answer came to be: `model` (a language model), `rules` (the built-in analyst), `not-connected` (no model is connected). Null for people and for answers that did not come to their end.',
    }),
    confidence: t.exposeFloat('confidence', { nullable: true, description: 'How sure the answer is, from 0 to 1, where the engine can tell.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written, or begun.' }),
  }),
});
