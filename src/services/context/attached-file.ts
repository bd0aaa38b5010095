import { z } from 'zod';

/** A file that a person sent, as a part of kind IMAGE or FILE keeps it. */
export const attachedFile = z.object({
  attachmentId: z.string(),
  name: z.string(),
  mediaType: z.string(),
  byteSize: z.number(),
  width: z.number().nullable(),
  height: z.number().nullable(),
});

/** A file that a person sent. */
export type AttachedFile = z.infer<typeof attachedFile>;
