import type { Readable } from 'node:stream';
import { SaxesParser } from 'saxes';
import { messageOf } from '../../base/errors.ts';
import { ChildFailure } from './failure.ts';

/** What is heard of an XML document, in its order. Names come without their prefix. */
export interface XmlListener {
  opened?(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  closed?(name: string): void;
  /** Asked, and waited for, after each chunk; true ends the reading. */
  isDone?(): boolean | Promise<boolean>;
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1);

/**
 * Reads an XML document in a stream. Entities of its own are not expanded: one makes it malformed.
 *
 * @throws ChildFailure UNSUPPORTED_FILE when it is malformed; what the stream throws
 */
export async function readXml(source: Readable, listener: XmlListener): Promise<void> {
  const parser = new SaxesParser();
  let failure: Error | null = null;
  parser.on('error', (error) => (failure ??= error));
  if (listener.opened !== undefined) {
    const { opened } = listener;
    parser.on('opentag', (tag) => opened(localName(tag.name), tag.attributes));
  }
  if (listener.text !== undefined) {
    parser.on('text', listener.text);
    parser.on('cdata', listener.text);
  }
  if (listener.closed !== undefined) {
    const { closed } = listener;
    parser.on('closetag', (tag) => closed(localName(tag.name)));
  }
  const check = (): void => {
    if (failure !== null)
      throw new ChildFailure('UNSUPPORTED_FILE', `The workbook is damaged: a part of it is not well-formed XML (${messageOf(failure).slice(0, 120)}).`);
  };
  const decoder = new TextDecoder();
  for await (const chunk of source) {
    parser.write(decoder.decode(Buffer.from(chunk), { stream: true }));
    check();
    if ((await listener.isDone?.()) === true) return;
  }
  parser.close();
  check();
}
