import type { Part as PartRow } from '../../prisma/generated/client.ts';
import { builder } from './builder.ts';
import { field, loadPart } from './part-data.ts';
import { z } from 'zod';

/** How much of a result of a tool people see; `visibleData` of services/message.ts reads one character more. */
const longestResult = 2_000;

/** What a model thought, over a part of kind REASONING. */
export const ReasoningPart = builder.objectRef<PartRow>('ReasoningPart');

builder.node(ReasoningPart, {
  description: 'What the model thought before it went on, where its provider shows it. Not part of `text`, and not shown to models again.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'REASONING', context),
  fields: (t) => ({ text: t.string({ description: 'The thoughts, in Markdown as they came.', resolve: (part) => part.text ?? '' }) }),
});

const textOf = (part: PartRow, name: string): string => z.string().catch('').parse(field(part, name));

/** A call of a tool, over a part of kind TOOL_EXCHANGE. */
export const ToolCallPart = builder.objectRef<PartRow>('ToolCallPart');

builder.node(ToolCallPart, {
  description: 'A call of a tool by the model, and what came back. Tables and plots that it made are parts of their own.',
  id: { resolve: (part) => part.id, description: 'The global id.' },
  loadOne: (id, context) => loadPart(id, 'TOOL_EXCHANGE', context),
  fields: (t) => ({
    name: t.string({ description: 'The tool, for example `run_sql`.', resolve: (part) => textOf(part, 'name') }),
    arguments: t.string({
      description: 'What it was called with: JSON as the model wrote it, which may be malformed.',
      resolve: (part) => textOf(part, 'arguments'),
    }),
    isError: t.boolean({ description: 'Whether the call failed.', resolve: (part) => z.boolean().catch(false).parse(field(part, 'isError')) }),
    resultText: t.string({
      nullable: true,
      description: 'What the model was told: JSON, or on failure the error in words; its first 2,000 characters, with `…` where there were more.',
      resolve: (part) => {
        const content = textOf(part, 'content');
        return content.length > longestResult ? `${content.slice(0, longestResult).toWellFormed()}…` : content;
      },
    }),
  }),
});
