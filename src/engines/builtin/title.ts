import type { EngineMessage } from '../engine.ts';

const longestTitle = 60;

/** Openings that say nothing about the subject. */
const politeness =
  /^(?:(?:hi|hello|hey|dear|please|ok|okay|so|well)\b[,!.\s]*|(?:can|could|would|will) you (?:please )?(?:help me (?:to )?)?|i(?:'d| would) like (?:you )?to |i want (?:you )?to |help me (?:to )?|tell me (?:about )?)/i;

/**
 * A short title made of the first message of the user: its first sentence, without the politeness, in sentence case, at most 60
 * characters, cut between words, without punctuation at the end.
 *
 * @param messages the conversation, oldest first
 */
export function titleOf(messages: readonly EngineMessage[]): string {
  const first = messages.find((message) => message.role === 'user');
  const text = first?.role === 'user' ? first.text.replaceAll(/\s+/g, ' ').trim() : '';
  const sentence = /^.*?[.!?](?=\s|$)/.exec(text)?.[0] ?? text;
  const subject = withoutPoliteness(sentence.length < 4 ? text : sentence);
  const short = cut(subject).replace(/[\s.,;:!?\-–—…]+$/u, '');
  return short === '' ? 'New conversation' : short.charAt(0).toUpperCase() + short.slice(1);
}

function withoutPoliteness(text: string): string {
  const shorter = text.replace(politeness, '').trim();
  if (shorter === text || shorter.length < 4) return text;
  return withoutPoliteness(shorter);
}

function cut(text: string): string {
  if (text.length <= longestTitle) return text;
  const head = text.slice(0, longestTitle + 1);
  const lastSpace = head.lastIndexOf(' ');
  // A single very long word has to be cut inside; by code points, so that no emoji is halved.
  return lastSpace > 20 ? head.slice(0, lastSpace) : [...text].slice(0, longestTitle / 2).join('');
}
