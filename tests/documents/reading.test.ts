import { afterAll, describe, expect, it } from 'vitest';
import { createDocuments } from '../../src/documents/documents.ts';
import { docx, pdf } from '../kit/documents.ts';

const megabyte = 1024 * 1024;
const limits = { maxPages: 50, maxCharacters: 200_000, maxPassages: 1_000, maxUnpackedBytes: 8 * megabyte };
const documents = createDocuments({ limits, timeoutMs: 60_000, memoryBytes: 128 * megabyte, processes: 1 });
afterAll(() => documents.close());

const read = (name: string, content: string | Uint8Array, charset: string | null = null) =>
  documents.read(typeof content === 'string' ? Buffer.from(content) : content, { name, charset });

const failure = (name: string, content: string | Uint8Array) =>
  read(name, content).then(
    () => ({ code: 'none', message: '' }),
    (error: { readonly code: string; readonly message: string }) => ({ code: error.code, message: error.message }),
  );

describe('a document', () => {
  it('is read by its bytes whatever its name says', async () => {
    const named = await Promise.all([
      read('a.txt', pdf([['Hello there']])),
      read('a.pdf', await docx(['Hello there'])),
      read('a.csv', '<!doctype html><p>Hello there'),
      read('a.html', 'Hello there, no tag'),
      read('a.csv', 'Hello there, one line without a second'),
    ]);
    expect(named.map(({ mediaType }) => mediaType.split(/[/.]/).at(-1))).toEqual(['pdf', 'document', 'html', 'plain', 'plain']);
  });

  it('keeps the pages of a PDF, its headings, and words that lines have broken', async () => {
    const pages = [
      [{ text: 'Warranty', size: 18 }, '', 'Every lamp has a war-', 'ranty of two years.'],
      [{ text: 'Repairs', size: 18 }, '', 'Repairs take a week.'],
    ];
    const { pageCount, passages, title } = await read('a.pdf', pdf(pages, 'Terms'));
    expect([title, pageCount]).toEqual(['Terms', 2]);
    expect(passages.map(({ text, headings, page }) => [text, headings, page])).toEqual([
      ['Every lamp has a warranty of two years.', ['Warranty'], 1],
      ['Repairs take a week.', ['Repairs'], 2],
    ]);
  });

  it('keeps the path of headings of a DOCX and of Markdown, and code in one piece', async () => {
    const word = await read('a.docx', await docx(['# Staff', 'All are here.', '## Leave', 'Thirty days.', '# Rooms', 'Two.']));
    expect(word.passages.map(({ headings }) => headings)).toEqual([['Staff'], ['Staff', 'Leave'], ['Rooms']]);
    const markdown = await read('a.md', 'Setext\n===\n\n```sh\n# no heading\nrun\n```\n\n## Next\n\nwords');
    expect(markdown.passages.map(({ headings, text }) => [headings, text])).toEqual([
      [['Setext'], '```sh\n# no heading\nrun\n```'],
      [['Setext', 'Next'], 'words'],
    ]);
  });

  it('leaves out of a page what is on every page, and scripts', async () => {
    const page =
      '<html><head><title>T &amp; S</title><style>p{}</style></head><body><nav>Home</nav><main><h2>Fees</h2><p>Two&nbsp;euros<script>alert(1)</script> a day</p></main><footer>Imprint</footer>';
    const { title, passages } = await read('a.html', page);
    expect([title, passages.map(({ text, headings }) => [text, headings])]).toEqual(['T & S', [['Two euros a day', ['Fees']]]]);
  });

  it('says of each row of a table what its values are of', async () => {
    const { passages } = await read('a.csv', 'name;city\n"Ada; Countess";London\nGrace;New York\n');
    expect(passages).toMatchObject([{ text: 'name: Ada; Countess; city: London\nname: Grace; city: New York', row: 1, rowEnd: 2 }]);
  });

  it('is understood in the encoding that its server, its page or its bytes tell', async () => {
    const texts = await Promise.all([
      read('a.txt', Buffer.from('\ufeffGrüße', 'utf16le')),
      read('a.txt', Buffer.from('Grüße', 'latin1')),
      read('a.html', Buffer.concat([Buffer.from('<html><meta charset="iso-8859-2"><p>'), Buffer.from('5a61bff3b3e6', 'hex')])),
      read('a.txt', Buffer.from([0xcf, 0xf0, 0xe8, 0xe2, 0xe5, 0xf2]), 'windows-1251'),
    ]);
    expect(texts.map(({ passages }) => passages[0]?.text.slice(0, 6))).toEqual(['Grüße', 'Grüße', 'Zażółć', 'Привет']);
  });
});

describe('a hostile document', () => {
  it('N01 that unpacks to gigabytes, has too many pages, levels or characters is refused by name', async () => {
    expect(await failure('a.docx', await docx(['x'], { 'word/media.xml': Buffer.alloc(20 * megabyte) }))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('unpacks to more than'),
    });
    expect(await failure('a.pdf', pdf(Array.from({ length: 10_000 }, () => ['x'])))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('10000 pages; 50 are the most'),
    });
    expect(await failure('a.html', `<!doctype html>${'<div>'.repeat(100_000)}deep`)).toMatchObject({
      code: 'UNSUPPORTED_FILE',
      message: expect.stringContaining('2000 elements deep'),
    });
    expect(await failure('a.txt', 'All work and no play. '.repeat(10_000))).toMatchObject({
      code: 'PAYLOAD_TOO_LARGE',
      message: expect.stringContaining('200000 characters'),
    });
  });

  it('N01 that says of itself to be small is found out when it is unpacked', async () => {
    const bytes = await docx(['x'], { 'word/media.xml': Buffer.alloc(6 * megabyte, 'a') });
    // The sizes in the central directory, of which the last entry is the large one, are made small.
    const directory = bytes.lastIndexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
    bytes.writeUInt32LE(10, directory + 24);
    expect(await failure('a.docx', bytes)).toMatchObject({ code: 'UNSUPPORTED_FILE', message: expect.stringContaining('damaged') });
  });

  it('N01 that takes too long or too much memory ends its process alone, and the next one is read', async () => {
    const short = createDocuments({
      limits: { ...limits, maxPages: 1_000_000, maxCharacters: 1_000_000_000 },
      timeoutMs: 1_000,
      memoryBytes: 128 * megabyte,
      processes: 1,
    });
    try {
      await short.read(Buffer.from('warm'), { name: 'a.txt', charset: null });
      const long = pdf(Array.from({ length: 8_000 }, (_, page) => [`Page ${page} has words`, 'and more words']));
      await expect(short.read(long, { name: 'a.pdf', charset: null })).rejects.toMatchObject({
        code: 'DOCUMENT_UNREADABLE',
        message: expect.stringContaining('longer than 1000 ms'),
      });
      const small = createDocuments({
        limits: { ...limits, maxUnpackedBytes: 2_000 * megabyte, maxCharacters: 1_000_000_000 },
        timeoutMs: 120_000,
        memoryBytes: 64 * megabyte,
        processes: 1,
      });
      const paragraphs = Array.from({ length: 60_000 }, (_, index) => `Paragraph ${index} of many words`);
      await expect(small.read(await docx(paragraphs), { name: 'a.docx', charset: null })).rejects.toMatchObject({
        code: 'DOCUMENT_UNREADABLE',
        message: expect.stringContaining('more memory'),
      });
      await small.close();
      expect((await short.read(Buffer.from('Still here'), { name: 'a.txt', charset: null })).passages).toHaveLength(1);
    } finally {
      await short.close();
    }
  });

  it.each([
    ['nothing', '', 'empty'],
    ['blanks', ' \n\n ', 'no text'],
    ['a cut PDF', pdf([['abc']]).subarray(0, 150), 'damaged'],
    ['a PDF of pictures', pdf([[''], ['']]), '2 pages and no text'],
    ['a cut DOCX', Buffer.from('504b0304140000000000', 'hex'), 'not read'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'image/png'],
    ['bytes', Buffer.from([1, 2, 3, 0, 5, 6]), 'no text in a known encoding'],
  ])('N02 that is broken, %s, is refused with the reason', async (_name, content, reason) => {
    expect(await failure('a', content)).toMatchObject({ code: 'UNSUPPORTED_FILE', message: expect.stringContaining(reason) });
  });
});
