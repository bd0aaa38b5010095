import { estimateTokenCount } from 'tokenx';
import type { EngineMessage, EngineRequest } from '../../engines/engine.ts';

/*
 * Estimates of what was used, for a bill: neither too many tokens nor too few, so without the margin of `context/estimate.ts`, which says what
 * fits into a window, and quick for long answers, which are counted again at each end.
 */

/** What a message costs beside its words: the marks around it. */
const tokensPerMessage = 4;
/** A picture of ordinary size at Anthropic's rule, which lies above those of OpenAI and Google: 1,092 pixels square by 750. */
const tokensPerImage = 1_590;
/** Counting takes a tenth of a millisecond for a thousand characters; beyond these the rest is reckoned to be like them. */
const mostCountedCharacters = 16_000;

/** About how many tokens some texts have together, for when the provider does not say. */
export function estimateTokens(texts: readonly string[]): number {
  let counted = 0;
  let tokens = 0;
  let length = 0;
  for (const text of texts) {
    const sample = text.slice(0, Math.max(0, mostCountedCharacters - counted));
    counted += sample.length;
    length += text.length;
    if (sample !== '') tokens += estimateTokenCount(sample);
  }
  return counted === 0 ? 0 : Math.ceil((tokens * length) / counted);
}

function textsOf(message: EngineMessage): readonly string[] {
  switch (message.role) {
    case 'user':
      return [message.text];
    case 'assistant':
      return [message.text, ...message.toolCalls.flatMap((call) => [call.name, call.arguments])];
    case 'tool':
      return [message.name, message.content];
    default:
      return message satisfies never;
  }
}

/** About how many tokens a provider reads for a request. */
export function estimateRequest({ system, messages, tools, output }: EngineRequest): number {
  const texts = [
    ...(system === null ? [] : [system]),
    ...messages.flatMap(textsOf),
    ...(tools.length === 0 ? [] : [JSON.stringify(tools)]),
    ...(output === undefined ? [] : [JSON.stringify(output)]),
  ];
  const images = messages.reduce((count, message) => count + (message.role === 'user' ? (message.images?.length ?? 0) : 0), 0);
  return estimateTokens(texts) + messages.length * tokensPerMessage + images * tokensPerImage;
}
