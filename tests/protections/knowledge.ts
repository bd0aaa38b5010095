import type { Protection } from './protection.ts';

const reading = 'tests/documents/reading.test.ts';
const pages = 'tests/server/web-pages.test.ts';
const runs = 'tests/server/knowledge-runs.test.ts';

/** Those of the cases N01 to N06: documents, web pages, and who may read them. */
export const knowledgeProtections: readonly Protection[] = [
  {
    id: 'N01',
    what: 'adding up what a DOCX unpacks to',
    file: 'src/documents/child/read-docx.ts',
    find: 'if (unpacked > maxBytes || count > mostEntries) {',
    replace: 'if (unpacked > Infinity || count > Infinity) {',
    test: reading,
  },
  {
    id: 'N01',
    what: 'unpacking a DOCX once to see whether it says the truth',
    file: 'src/documents/child/read-docx.ts',
    find: 'drain(zip, entry).then(() => zip.readEntry(), reject);',
    replace: 'void drain;\n    zip.readEntry();',
    test: reading,
  },
  {
    id: 'N01',
    what: 'the limit of pages',
    file: 'src/documents/child/read-pdf.ts',
    find: 'if (pageCount > limits.maxPages)',
    replace: 'if (pageCount > Infinity)',
    test: reading,
  },
  {
    id: 'N01',
    what: 'the limit of levels',
    file: 'src/documents/child/read-html.ts',
    find: 'if (depth > deepest)',
    replace: 'if (depth > Infinity)',
    test: reading,
  },
  {
    id: 'N01',
    what: 'the limit of memory of the process that reads',
    file: 'src/documents/documents.ts',
    find: 'function createProcess({ timeoutMs, memoryBytes, idleMs = 30_000 }: DocumentsOptions)',
    replace: 'function createProcess({ timeoutMs, idleMs = 30_000 }: DocumentsOptions, memoryBytes = 4_000 * 1024 * 1024)',
    test: reading,
  },
  {
    id: 'N02',
    what: 'looking at the bytes of a document',
    file: 'src/documents/child/kind.ts',
    find: 'const text = isText ? decode(bytes, charset) : null;',
    replace: "const text = isText || detected !== 'x' ? new TextDecoder().decode(bytes) : null;\n  void decode;\n  void charset;",
    test: reading,
  },
  {
    id: 'N03',
    what: 'the guard of web pages',
    file: 'src/compose-knowledge.ts',
    find: 'addressesWith(limits.allowedPrivateHosts)',
    replace: "addressesWith(['0.0.0.0/0', '::/0', 'localhost'])",
    test: pages,
  },
  {
    id: 'N04',
    what: 'the limit of the size of a page',
    file: 'src/services/knowledge/web-page.ts',
    find: 'if (size > maxBytes)',
    replace: 'if (size > Infinity)',
    test: pages,
  },
  {
    id: 'N04',
    what: 'the limit of redirects',
    file: 'src/services/knowledge/web-page.ts',
    find: 'if (redirects >= mostRedirects)',
    replace: 'if (redirects >= 5_000)',
    test: pages,
  },
  {
    id: 'N05',
    what: 'searching in bases of one’s own alone',
    file: 'src/services/knowledge/search/knowledge-search.ts',
    find: "if (rows.length < wanted.length) throw notFound('KnowledgeBase');",
    test: runs,
  },
  {
    id: 'N06',
    what: 'drawing on bases alone that whoever asks may read',
    file: 'src/services/knowledge/run-knowledge.ts',
    find: "WHERE a.conversation_id = $1::uuid AND ${isReadable('$2::uuid')}",
    replace: "WHERE a.conversation_id = $1::uuid AND ($2::uuid IS NOT NULL OR ${isReadable('$2::uuid')})",
    test: runs,
  },
  {
    id: 'N06',
    what: 'citing what the run was shown alone',
    file: 'src/services/knowledge/run-knowledge.ts',
    find: '(cited.has(number) ? [] : (byNumber.get(number) ?? []))',
    replace: '(byNumber.get(number) ?? [...byNumber.values()].map((citation) => ({ ...citation, number })))',
    test: runs,
  },
  {
    id: 'N06',
    what: 'keeping what a run was shown while it waits for a person',
    file: 'src/services/run/answer-question.ts',
    find: 'shown: resumed?.loop?.state.shown ?? null',
    replace: 'shown: null',
    test: 'tests/app/knowledge-pause.test.ts',
  },
];
