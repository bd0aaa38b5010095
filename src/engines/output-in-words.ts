import type { EngineOutput } from './engine.ts';

/** Asks for JSON in words, where a provider holds no model to a schema. */
function outputInWords({ schema }: EngineOutput): string {
  return `Your final answer is one JSON object that fits this JSON Schema, with nothing before or after it and no code fence:\n${JSON.stringify(schema)}`;
}

/**
 * The instructions with the form of the answer put into words.
 *
 * @param system null for none
 * @param output undefined for words, which adds nothing
 */
export function withOutputInWords(system: string | null, output: EngineOutput | undefined): string | null {
  if (output === undefined) return system;
  return system === null ? outputInWords(output) : `${system}\n\n${outputInWords(output)}`;
}
