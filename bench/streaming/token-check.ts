/** What one stream delivered. */
export interface TokenReport {
  /** The number of the last token that came. */
  readonly tokens: number;
  /** Whether a token was missing, came twice, or came out of order. */
  readonly isBroken: boolean;
  /** How long after the engine made it each token came, in milliseconds. */
  readonly lagMs: readonly number[];
  /** The end of what came besides tokens, which tells why a stream ended too early. */
  readonly otherText: string;
}

/** Checks the tokens of one stream as they come. */
export interface TokenCheck {
  /** Takes what came, in any protocol: the tokens are found in it. */
  take(text: string): void;
  report(): TokenReport;
}

/** The time of now on the clock of the tokens, which all processes of a machine share. */
export function tokenClock(): number {
  return performance.timeOrigin + performance.now();
}

const pattern = /(\d+)@(\d+\.\d) /g;
const longestToken = 32;

/**
 * A check of tokens as the steady engine writes them (`12@1764000000000.1 `).
 *
 * @param onToken called for each token with its number and how long after the engine made it it came
 */
export function createTokenCheck(onToken: (index: number, lagMs: number) => void = () => {}): TokenCheck {
  const lagMs: number[] = [];
  let rest = '';
  let last = 0;
  let isBroken = false;
  let otherText = '';
  return {
    take(text) {
      const now = tokenClock();
      const whole = rest + text;
      let end = 0;
      for (const match of whole.matchAll(pattern)) {
        const index = Number(match[1]);
        isBroken ||= index !== last + 1;
        last = index;
        const lag = now - Number(match[2]);
        lagMs.push(lag);
        end = match.index + match[0].length;
        onToken(index, lag);
      }
      if (end === 0) otherText = (otherText + text).slice(-400);
      rest = whole.slice(Math.max(end, whole.length - longestToken));
    },
    report: () => ({ tokens: last, isBroken, lagMs, otherText }),
  };
}
