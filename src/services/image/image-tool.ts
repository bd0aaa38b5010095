import { z } from 'zod';
import { AppError } from '../../base/errors.ts';
import type { Logger } from '../../base/logger.ts';
import { imageQualities, imageSizes } from '../../engines/images/image-engine.ts';
import { createTool } from '../data-tools/tool.ts';
import type { RunTool } from '../run-tool.ts';
import type { Drawing } from './drawing.ts';
import type { ImageCalls } from './image-calls.ts';

/** Makes the tool of one run by which a model draws; null where the configuration names no model of pictures. */
export type ImageTools = (context: { readonly userId: string; readonly conversationId: string; readonly runId: string }) => RunTool | null;

const parameters = z.object({
  prompt: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .describe('What the picture shows, in a few full sentences: subject, setting, style, light, and any text in quotes.'),
  size: z.enum(imageSizes).default('SQUARE').describe('The form of the picture.'),
  quality: z.enum(imageQualities).default('MEDIUM').describe('How much work goes into it. HIGH costs several times as much as MEDIUM.'),
});

/** Creates the maker of the tool. */
export function createImageTools(deps: {
  readonly drawing: Drawing;
  readonly imageCalls: ImageCalls;
  readonly logger: Logger;
  /** How long one picture may take, in milliseconds. */
  readonly timeoutMs: number;
}): ImageTools {
  const { drawing, imageCalls, logger, timeoutMs } = deps;
  return ({ userId, conversationId, runId }) => {
    if (!imageCalls.isTool) return null;
    const tool = createTool(
      {
        name: 'generate_image',
        description:
          'Draws one picture and adds it to your answer, where the person sees it. Call it only when they ask for a picture. Do not write an address or Markdown for it.',
        parameters,
        run: async ({ prompt, size, quality }, recorder, signal) => {
          const chosen = await imageCalls.resolve(userId, null);
          let name = '';
          const watcher = {
            status: (text: string) => recorder.status(text),
            job: async () => {},
            drawn: async () => {},
            preview: async () => {},
            picture: async (file: { readonly name: string }) => {
              name = file.name;
              await recorder.addPart({ kind: 'IMAGE', data: { ...file } });
            },
          };
          const request = { userId, conversationId, runId, chosen, prompt, size, quality, count: 1, references: [], jobId: null, keptCount: 0 };
          const failure = await drawing.draw(request, watcher, signal);
          if (failure !== null) throw new AppError(failure.code, failure.message);
          return JSON.stringify({ picture: name, note: 'The person sees it in your answer.' });
        },
      },
      logger,
    );
    return { ...tool, timeoutMs };
  };
}
