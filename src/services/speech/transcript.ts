import { z } from 'zod';

/** What was said in a recording, as `attachments.transcript` keeps it; its text stands in `attachments.text`. */
export const storedTranscript = z.object({
  /** `provider:model`. */
  model: z.string(),
  language: z.string().nullable(),
  durationMs: z.number().nullable(),
  segments: z.array(z.object({ startMs: z.number(), endMs: z.number(), text: z.string() })),
  text: z.string(),
});

/** What was said in a recording. */
export type StoredTranscript = z.infer<typeof storedTranscript>;
