import { z } from 'zod';

const mostTags = 20;

/** A tag as people write it, in the form in which it is stored. */
export const tag = z
  .string()
  .transform((text) => text.normalize('NFC').trim().replaceAll(/\s+/gu, ' ').toLowerCase())
  .refine((text) => text !== '', 'a tag must not be empty')
  .refine((text) => text.length <= 50, 'a tag has at most 50 characters')
  .refine((text) => !/\p{Cc}/u.test(text), 'a tag must not contain control characters');

/** All the tags that a person gives a conversation, each once. */
export const tags = z
  .array(tag)
  .max(mostTags, `a conversation has at most ${mostTags} tags`)
  .transform((given) => [...new Set(given)].toSorted());
