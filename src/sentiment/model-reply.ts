import { z } from 'zod';
import type { JsonObject } from '../base/json.ts';
import { emotions, labelOf, sentimentLabels, type Judgement } from '../base/sentiment.ts';

/** JSON Schema of the object in which a model judges a message. */
export const judgementSchema: JsonObject = {
  type: 'object',
  properties: {
    score: { type: 'number', description: 'From -1 (as bad as can be) over 0 (neutral) to 1 (as good as can be).' },
    magnitude: { type: 'number', description: 'How much feeling there is, whichever way: 0 for none, about 1 for one strong word, more for more of it.' },
    label: { type: 'string', enum: [...sentimentLabels] },
    emotion: { type: 'string', enum: [...emotions, 'NONE'] },
  },
  required: ['score', 'magnitude', 'label', 'emotion'],
  additionalProperties: false,
};

/** The same in words, for models that cannot be held to a schema. */
export const judgementInWords = `{"score": a number from -1 to 1, "magnitude": a number from 0 on, "label": one of ${sentimentLabels.join(', ')}, "emotion": one of ${emotions.join(', ')}, NONE}`;

const numeric = z.union([z.number(), z.string().trim().min(1).transform(Number)]).refine(Number.isFinite);

/** Each field by itself: models that are not held to the schema leave some out, or write them in their own way. */
const loose = z.object({
  score: numeric.nullish().catch(null),
  magnitude: numeric.nullish().catch(null),
  label: z
    .string()
    .transform((label) => label.trim().toUpperCase())
    .nullish()
    .catch(null),
  emotion: z
    .string()
    .transform((emotion) => emotion.trim().toUpperCase())
    .nullish()
    .catch(null),
});

const largestMagnitude = 100;

/** What a label alone stands for. */
const scoreOfLabel = { POSITIVE: 0.6, NEGATIVE: -0.6, NEUTRAL: 0, MIXED: 0 } as const;

/** A judgement from what a model wrote as one; null when it holds neither a score nor a label. */
export function judgementOf(value: unknown): Judgement | null {
  const parsed = loose.safeParse(value);
  if (!parsed.success) return null;
  const label = sentimentLabels.find((known) => known === parsed.data.label) ?? null;
  const given = parsed.data.score ?? (label === null ? null : scoreOfLabel[label]);
  if (given === null) return null;
  const score = Math.min(1, Math.max(-1, given));
  return {
    score,
    magnitude: Math.min(largestMagnitude, Math.max(0, parsed.data.magnitude ?? Math.abs(score))),
    label: label ?? labelOf(score),
    emotion: emotions.find((known) => known === parsed.data.emotion) ?? null,
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The JSON in a text: the whole of it, or from its first brace to its last, as models wrap it into words and code marks. */
export function jsonIn(text: string): unknown {
  return parsed(text) ?? parsed(text.slice(Math.max(0, text.indexOf('{')), text.lastIndexOf('}') + 1));
}
