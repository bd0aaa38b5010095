import { AppError, notFound } from '../../base/errors.ts';
import type { FileStore } from '../../stores/file-store.ts';
import type { DownloadKind } from '../download/downloads.ts';
import { accountEntries, type AccountCounts, type AccountEntriesDependencies } from './account-entries.ts';
import { accountFormat, type Manifest } from './account-formats.ts';
import { madeDownload } from './made-download.ts';
import { writeZip } from './zip-writer.ts';

const nothing = (): AccountCounts => ({
  conversations: 0,
  messages: 0,
  sessions: 0,
  files: 0,
  derivedTables: 0,
  verifiedQueries: 0,
  attachments: 0,
  usageEntries: 0,
  knowledgeBases: 0,
  documents: 0,
  missing: [],
});

/** Downloads of whole accounts. The id of a link is the person's; one at a time is made for each of them on a node. */
export function createAccountDownloads(dependencies: AccountEntriesDependencies & { readonly fileStore: FileStore }): DownloadKind {
  const { fileStore, clock } = dependencies;
  const making = new Set<string>();

  const write = async (userId: string, path: string, signal: AbortSignal): Promise<void> => {
    const { missing, ...counts } = nothing();
    const counted: AccountCounts = { ...counts, missing };
    await writeZip(
      path,
      accountEntries(dependencies, userId, counted),
      (entries) => {
        const { missing: lost, ...numbers } = counted;
        const about: Manifest = { format: accountFormat, createdAt: clock.now(), counts: numbers, missing: lost, entries: [...entries] };
        return { path: 'manifest.json', text: JSON.stringify(about, null, 1) };
      },
      signal,
    );
  };

  return {
    async find(userId, id) {
      if (id !== userId) throw notFound('Account');
      const fileName = `colloquy ${clock.now().toISOString().slice(0, 10)}.zip`;
      return madeDownload(fileStore, { fileName, mediaType: 'application/zip' }, async (path, signal) => {
        if (making.has(userId)) {
          throw new AppError('RATE_LIMITED', 'An archive of your account is being made already. Wait until it has come, or end that download.', {
            retryAfterMs: 10_000,
          });
        }
        making.add(userId);
        try {
          await write(userId, path, signal);
        } finally {
          making.delete(userId);
        }
      });
    },
  };
}
