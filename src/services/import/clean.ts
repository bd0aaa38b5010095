import { storableText } from '../file/file-row.ts';
import type { Tell } from './sources/source-conversation.ts';

/** Makes what comes from outside fit to be stored, and tells what it changed. */
export interface Cleaner {
  /** A text without what PostgreSQL cannot keep, and no longer than it may be; a million characters by default. */
  text(value: string, most?: number): string;
  /** The same on one line, as a title or a name; null where nothing is left of it. */
  label(value: string | null, most: number): string | null;
  /**
   * A moment that can be: not before 1990, and not after now.
   *
   * @param fallback what stands for one that cannot
   */
  past(value: Date, fallback: Date): Date;
}

const longestText = 1_000_000;
const earliest = Date.UTC(1990, 0, 1);

/**
 * Makes a cleaner for one conversation or file.
 *
 * @param now what counts as now
 */
export function createCleaner(now: Date, tell: Tell): Cleaner {
  function text(value: string, most = longestText): string {
    const storable = storableText(value);
    if (storable !== value) tell('Characters that cannot be stored (U+0000, halves of pairs) were replaced by U+FFFD.');
    if (storable.length <= most) return storable;
    tell(`A text of more than ${most} characters was cut.`);
    return storable.slice(0, most).toWellFormed();
  }
  return {
    text,
    label(value, most) {
      const line = text((value ?? '').replaceAll(/\p{Cc}+/gu, ' ').trim(), most).trim();
      return line === '' ? null : line;
    },
    past(value, fallback) {
      const time = value.getTime();
      if (time >= earliest && time <= now.getTime()) return value;
      // 0 is what the sources of which nothing is known say.
      if (time !== 0) tell('A moment before 1990 or in the future was set right.');
      const other = fallback.getTime();
      return other >= earliest && other <= now.getTime() ? fallback : now;
    },
  };
}
