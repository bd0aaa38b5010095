import { z } from 'zod';

/** A call of a tool and its answer, as a part of kind TOOL_EXCHANGE keeps it. */
export const toolExchange = z.object({
  id: z.string(),
  name: z.string(),
  arguments: z.string(),
  content: z.string(),
  isError: z.boolean(),
});

/** A call of a tool and its answer. */
export type ToolExchange = z.infer<typeof toolExchange>;
