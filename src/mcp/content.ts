import { z } from 'zod';

const textOf = z.object({ type: z.literal('text'), text: z.string() });
const binaryOf = z.object({ type: z.enum(['image', 'audio']), mimeType: z.string().default('unknown'), data: z.string() });
const resourceOf = z.object({
  type: z.literal('resource'),
  resource: z.object({ uri: z.string().default(''), mimeType: z.string().default('unknown'), text: z.string().optional() }),
});
const linkOf = z.object({ type: z.literal('resource_link'), uri: z.string(), name: z.string().default('') });
const partOf = z.union([
  textOf,
  binaryOf,
  resourceOf,
  linkOf,
  z.looseObject({ type: z.string() }).transform(({ type }) => ({ type: 'other' as const, kind: type })),
]);

/** The result of a call, as far as it is read: https://modelcontextprotocol.io/specification/2025-06-18/server/tools#tool-result */
export const callResult = z.object({
  content: z.array(partOf).default([]),
  structuredContent: z.unknown().optional(),
  isError: z.boolean().default(false),
});

function textOfPart(part: z.output<typeof partOf>): string {
  switch (part.type) {
    case 'text':
      return part.text;
    case 'image':
    case 'audio':
      return `[${part.type} ${part.mimeType.slice(0, 100)}, about ${Math.floor((part.data.length * 3) / 4)} bytes, not shown]`;
    case 'resource':
      return part.resource.text ?? `[resource ${part.resource.uri.slice(0, 500)}, ${part.resource.mimeType.slice(0, 100)}, not shown]`;
    case 'resource_link':
      return `[link to ${part.name.slice(0, 200)} ${part.uri.slice(0, 500)}]`;
    case 'other':
      return `[${part.kind.slice(0, 100)}, not shown]`;
    default:
      return part satisfies never;
  }
}

/**
 * A text that is not longer than it may be, with a note of what was cut off.
 *
 * @param most characters
 */
export function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most).toWellFormed()}\n[cut off: the first ${most} of ${text.length} characters]`;
}

/** What an engine is shown of the result of a call: its texts, and what else there is in a word. */
export function contentOf({ content, structuredContent }: z.output<typeof callResult>): string {
  const text = content.map(textOfPart).join('\n\n');
  if (text !== '') return text;
  return structuredContent === undefined ? '[no content]' : JSON.stringify(structuredContent);
}
