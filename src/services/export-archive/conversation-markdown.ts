import { z } from 'zod';
import { citationPartData, placeInWords, type CitationPartData } from '../knowledge/citation.ts';
import type { DocumentMessage, DocumentPart } from './formats.ts';
import { fenced, markdownTable, plain, readableSize } from './markdown-blocks.ts';
import type { OpenConversation, TreePlace } from './read-conversation.ts';

const queryResult = z.object({
  title: z.string(),
  sql: z.string(),
  columns: z.array(z.object({ name: z.string() })),
  rows: z.array(z.array(z.json())),
  truncated: z.boolean(),
});
const plot = z.object({ title: z.string(), spec: z.json() });
const proposal = z.object({
  summary: z.string(),
  isApplied: z.boolean(),
  operations: z.array(z.object({ kind: z.string(), about: z.string(), reason: z.string() })),
});
const attachedFile = z.object({ name: z.string(), mediaType: z.string(), byteSize: z.number() });

function resultMarkdown({ title, sql, columns, rows, truncated }: z.infer<typeof queryResult>): string {
  const names = columns.map(({ name }) => name);
  return `**${plain(title)}**\n\n${markdownTable(names, rows, truncated)}\n\n${fenced('sql', sql)}`;
}

const plotMarkdown = ({ title, spec }: z.infer<typeof plot>): string => `**${plain(title)}**\n\n${fenced('vega-lite', JSON.stringify(spec))}`;

function proposalMarkdown({ summary, isApplied, operations }: z.infer<typeof proposal>): string {
  const lines = operations.map(({ kind, about, reason }) => `> - ${kind.toLowerCase().replace('_', ' ')}: ${plain(about)} (${plain(reason)})`);
  return [`> **${isApplied ? 'Changes that were made' : 'Proposed changes'}: ${plain(summary)}**`, '>', ...lines].join('\n');
}

const fileMarkdown = ({ name, mediaType, byteSize }: z.infer<typeof attachedFile>): string =>
  `> Attachment: **${plain(name)}** (${plain(mediaType)}, ${readableSize(byteSize)})`;

function citationMarkdown(citation: CitationPartData): string {
  const place = placeInWords(citation);
  return `> [${citation.number}] **${plain(citation.documentName)}**${place === '' ? '' : `, ${plain(place)}`}: ${plain(citation.excerpt)}`;
}

/** What is in a part that is no text; as JSON where it has another shape than ours. */
function shownData<Shape extends z.ZodType>(shape: Shape, data: unknown, show: (known: z.output<Shape>) => string): string {
  const parsed = shape.safeParse(data);
  return parsed.success ? show(parsed.data) : fenced('json', JSON.stringify(data));
}

/** A part in Markdown; null for what people do not see. What people and models wrote stays as it came, to the byte. */
function partMarkdown({ kind, text, data }: DocumentPart): string | null {
  switch (kind) {
    case 'TEXT':
      return text ?? '';
    case 'REASONING':
      return `<details>\n<summary>Reasoning</summary>\n\n${text ?? ''}\n\n</details>`;
    case 'QUERY_RESULT':
      return shownData(queryResult, data, resultMarkdown);
    case 'PLOT':
      return shownData(plot, data, plotMarkdown);
    case 'PLAN_PROPOSAL':
      return shownData(proposal, data, proposalMarkdown);
    case 'CITATION':
      return shownData(citationPartData, data, citationMarkdown);
    case 'IMAGE':
    case 'FILE':
    case 'AUDIO':
      return shownData(attachedFile, data, fileMarkdown);
    case 'TOOL_EXCHANGE':
      return null;
    default:
      return kind satisfies never;
  }
}

const minute = (date: Date): string => `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;

function speakerOf({ role, isMine, personaName, model }: DocumentMessage, personName: string): string {
  if (role === 'USER') return isMine ? personName : 'Somebody else';
  if (role === 'ASSISTANT') return personaName ?? model ?? 'Assistant';
  return role === 'SYSTEM' ? 'System' : 'Tool';
}

/** The ids of a branch that is not seen, from where it leaves another one down to its end, each branch after the other. */
function otherBranches(places: readonly TreePlace[]): readonly (readonly string[])[] {
  const hidden = places.filter(({ isActive }) => !isActive);
  const children = Map.groupBy(hidden, ({ parentId }) => parentId);
  const known = new Set(hidden.map(({ id }) => id));
  const branches: string[][] = [];
  const starts = hidden.filter(({ parentId }) => parentId === null || !known.has(parentId)).toReversed();
  for (let start = starts.pop(); start !== undefined; start = starts.pop()) {
    const branch: string[] = [];
    for (let at: TreePlace | undefined = start; at !== undefined;) {
      branch.push(at.id);
      const [next, ...others]: readonly TreePlace[] = children.get(at.id) ?? [];
      starts.push(...others.toReversed());
      at = next;
    }
    branches.push(branch);
  }
  return branches;
}

async function* spoken(messages: AsyncGenerator<DocumentMessage>, personName: string): AsyncGenerator<string> {
  for await (const message of messages) {
    const body = message.parts.flatMap((part) => partMarkdown(part) ?? []).join('\n\n');
    yield `\n### ${plain(speakerOf(message, personName))} · ${minute(message.createdAt)}\n\n${body}\n`;
  }
}

/**
 * A conversation as Markdown, in pieces: the branch that people see, then the others, each under a heading of its own.
 *
 * @param personName what the person is called
 */
export async function* conversationMarkdown({ head, places, messages }: OpenConversation, personName: string): AsyncGenerator<string> {
  const tags = head.tags.length === 0 ? '' : ` · ${head.tags.map(plain).join(', ')}`;
  yield `# ${plain(head.title ?? 'Conversation')}\n\n*${places.length} messages · begun ${minute(head.createdAt)}${tags}*\n`;
  const seen = places.filter(({ isActive }) => isActive).map(({ id }) => id);
  yield* spoken(messages(seen), personName);
  const others = otherBranches(places);
  for (const [index, branch] of others.entries()) {
    yield `\n---\n\n## Another branch (${index + 1} of ${others.length})\n`;
    yield* spoken(messages(branch), personName);
  }
}
