import { z } from 'zod';
import { AppError, messageOf } from '../../base/errors.ts';
import type { JsonObject } from '../../base/json.ts';
import type { Logger } from '../../base/logger.ts';
import type { RunTool, ToolOutcome, ToolRecorder } from '../run-tool.ts';

/** A tool before its arguments are parsed. */
export interface ToolDescription<Schema extends z.ZodObject> {
  readonly name: string;
  /** When and how to use it, written for a model. */
  readonly description: string;
  /** The arguments; each field with a description. */
  readonly parameters: Schema;
  /**
   * Does the work.
   *
   * @returns what the engine is shown
   * @throws AppError to tell the engine what went wrong
   */
  run(input: z.output<Schema>, recorder: ToolRecorder, signal: AbortSignal): Promise<string>;
}

/** A failure of the recorder, told apart from those of the work: it is not the engine's to mend. */
class RecorderFailure extends Error {
  override readonly name = 'RecorderFailure';
}

const jsonObject = z.record(z.string(), z.json());

function parseArguments<Schema extends z.ZodObject>(schema: Schema, argumentsJson: string): z.output<Schema> {
  let value: unknown;
  try {
    // Models call a tool without arguments by an empty text, too.
    value = argumentsJson.trim() === '' ? {} : JSON.parse(argumentsJson);
  } catch (error) {
    throw new AppError('BAD_USER_INPUT', `The arguments are not JSON: ${messageOf(error)}. Send one JSON object.`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`);
  throw new AppError('BAD_USER_INPUT', `The arguments are not right. ${problems.join('; ')}`);
}

/** The JSON Schema of a tool's arguments, as engines are given it. */
function parametersOf(schema: z.ZodObject): JsonObject {
  const { $schema: _dialect, ...parameters } = z.toJSONSchema(schema, { io: 'input' });
  return jsonObject.parse(JSON.parse(JSON.stringify(parameters)));
}

function guarded(recorder: ToolRecorder): ToolRecorder {
  return {
    status: (text) => recorder.status(text),
    addPart: async (part) => {
      try {
        await recorder.addPart(part);
      } catch (error) {
        throw new RecorderFailure('the recorder failed', { cause: error });
      }
    },
  };
}

/**
 * A tool whose arguments are checked, and whose failures become answers.
 *
 * @param logger hears of failures that no one expected; the engine is told only that there was one
 */
export function createTool<Schema extends z.ZodObject>(description: ToolDescription<Schema>, logger: Logger): RunTool {
  async function run(argumentsJson: string, recorder: ToolRecorder, signal: AbortSignal): Promise<ToolOutcome> {
    signal.throwIfAborted();
    try {
      const input = parseArguments(description.parameters, argumentsJson);
      return { content: await description.run(input, guarded(recorder), signal), isError: false };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RecorderFailure) throw error.cause;
      if (error instanceof AppError) return { content: error.message, isError: true };
      logger.error({ error, tool: description.name }, 'a tool failed unexpectedly');
      return { content: `The tool "${description.name}" failed for a reason that is not in the call. Do not repeat it unchanged.`, isError: true };
    }
  }
  return {
    definition: { name: description.name, description: description.description, parameters: parametersOf(description.parameters) },
    run,
  };
}

/** A text in one line, shortened to what fits into a status. */
export function inShort(text: string, longest = 120): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= longest ? line : `${line.slice(0, longest - 1).toWellFormed()}…`;
}
