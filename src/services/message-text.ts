import type { Part } from '../../prisma/generated/client.ts';

/** What a message says in words: its text parts, joined by blank lines. */
export function textOf(parts: readonly Pick<Part, 'kind' | 'text'>[]): string {
  return parts
    .filter((part) => part.kind === 'TEXT')
    .map((part) => part.text ?? '')
    .join('\n\n');
}
