import { createListener, type Takeable } from '../base/takeable.ts';

/** The results of an operation as JSON, as they are sent. Nothing throws here: what fails is a last result that says so. */
export interface TextStream extends Takeable<string> {
  /**
   * Ends the stream at once, whatever its source is doing: whoever takes gets this one, then the end.
   *
   * @param last the last result; null for none
   */
  end(last: string | null): void;
}

/** Whether a result of an operation is a stream. */
export function isTextStream(result: object): result is TextStream {
  return 'whenReady' in result && 'end' in result;
}

/**
 * A stream that can be ended from outside.
 *
 * @param onEnd runs once when the stream is over, for whatever reason
 */
export function createTextStream(source: Takeable<string>, onEnd: () => void): TextStream {
  let isEnded = false;
  let last: string | null = null;
  const listener = createListener();

  const finish = (): boolean => {
    if (isEnded) return false;
    isEnded = true;
    onEnd();
    return true;
  };
  const end = (final: string | null): void => {
    if (!finish()) return;
    last = final;
    source.leave();
    listener.tell();
  };

  return {
    take() {
      if (isEnded) {
        const text = last;
        last = null;
        return text;
      }
      const text = source.take();
      if (text === null && source.isOver()) finish();
      return text;
    },
    isOver: () => isEnded && last === null,
    whenReady(next) {
      listener.set(next);
      if (isEnded) listener.tell();
      else source.whenReady(listener.tell);
    },
    leave: () => end(null),
    end,
  };
}

/**
 * The values of an iterable as texts, one asked for at a time. A failure of the iterable becomes a last text.
 *
 * @param options.textOf a value as a text
 * @param options.failure the last text of an iterable that threw
 */
export function textsOf<Value>(
  iterable: AsyncIterable<Value>,
  options: { readonly textOf: (value: Value) => string; readonly failure: (error: unknown) => string },
): Takeable<string> {
  const iterator = iterable[Symbol.asyncIterator]();
  let isAsking = false;
  let isOver = false;
  let text: string | null = null;
  const listener = createListener();

  const ask = async (): Promise<void> => {
    try {
      const { done, value } = await iterator.next();
      if (isOver) return;
      if (done === true) isOver = true;
      else text = options.textOf(value);
    } catch (error) {
      if (isOver) return;
      isOver = true;
      text = options.failure(error);
    }
  };

  return {
    take() {
      const taken = text;
      text = null;
      if (taken === null && !isOver && !isAsking) {
        isAsking = true;
        void ask().then(() => {
          isAsking = false;
          listener.tell();
        });
      }
      return taken;
    },
    isOver: () => isOver && text === null,
    whenReady(next) {
      listener.set(next);
      if (text !== null || isOver) listener.tell();
    },
    leave() {
      isOver = true;
      text = null;
      // What an iterable throws while it is left concerns nobody any more, and one that waits may answer only when its wait is over.
      void Promise.resolve(iterator.return?.()).catch(() => {});
      listener.tell();
    },
  };
}
