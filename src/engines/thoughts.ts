import type { EngineRequest } from './engine.ts';

/*
 * Providers count the thoughts of a model as part of its answer. A number that is meant for the words of an answer would be used up by them,
 * and the answer would be empty.
 */

/** What a model that thinks gets for it: what OpenAI says to begin with (https://developers.openai.com/api/docs/guides/reasoning). */
const roomForThoughts = 25_000;

/** Every model that thinks writes as many. A number beyond is passed on as it is, for there are models that write no more. */
const mostWithRoom = 32_000;

/** A number of tokens for words, with room for thoughts. */
export function withThoughts(tokens: number): number {
  return Math.max(tokens, Math.min(tokens + roomForThoughts, mostWithRoom));
}

/**
 * How many tokens a model may write.
 *
 * @param thinks whether the model thinks before it answers
 * @returns null where the provider is to decide
 */
export function tokensToWrite({ maxTokens, countsWordsAlone = false }: EngineRequest, thinks: boolean): number | null {
  return maxTokens !== null && thinks && countsWordsAlone ? withThoughts(maxTokens) : maxTokens;
}

/**
 * How many tokens a model on somebody's own server may write. Windows are small there, and a server refuses what does not fit: one that thinks
 * is told no number that is meant for words alone, and writes as much as there is room.
 *
 * @returns null where the server is to decide
 */
export function tokensToWriteAnywhere(request: EngineRequest): number | null {
  return request.countsWordsAlone === true && isThinkingByName(request.model) ? null : request.maxTokens;
}

/** Families that think unless they are told not to, as servers and routers call them: with an owner before and a size or a date behind. */
const thinking = [
  /(^|[/_-])o[1-9](-|$)/,
  /(^|\/)gpt-([5-9]|\d\d)(?!.*-chat)/,
  /(^|\/)gpt-oss/,
  /(^|\/)claude-[a-z]+-([5-9]|\d\d)(-|$)/,
  /(^|\/)gemini-(2\.5|[3-9])/,
  /deepseek-?(r\d|reasoner)/,
  /(^|\/)qwq/,
  /(^|\/)qwen-?3(?!.*(instruct|coder|embedding))/,
  /(^|\/)magistral/,
  /(^|[/:_-])(thinking|reason(er|ing))/,
];

function isThinkingByName(model: string): boolean {
  const name = model.toLowerCase();
  return thinking.some((family) => family.test(name));
}
