import type { SignedLinks } from '../../auth/signed-links.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import { AppError, notFound } from '../../base/errors.ts';
import type { PrismaClient } from '../../../prisma/generated/client.ts';

/** Something that can be downloaded, before anything of it is read or made. */
export interface Download {
  /** The name that the file gets on the other side; may hold any character. */
  readonly fileName: string;
  /** For example `text/csv; charset=utf-8`. */
  readonly mediaType: string;
  /**
   * Names the bytes: the same text promises the same bytes, so that a download that broke can go on in the middle. Null where they are made
   * anew for each download.
   */
  readonly version: string | null;
  /**
   * Makes the bytes ready to be sent. Called once, and not for HEAD where `version` is null.
   *
   * @param signal aborts when the client has left
   * @throws AppError with what went wrong; nothing has been sent then
   */
  open(signal: AbortSignal): Promise<DownloadContent>;
}

/** The bytes of a download. Whoever gets it disposes of it, whether or not all of it was sent. */
export interface DownloadContent extends AsyncDisposable {
  /** A file that is complete, or what stands in memory. */
  readonly source: { readonly kind: 'file'; readonly path: string } | { readonly kind: 'bytes'; readonly bytes: Uint8Array };
}

/** One kind of things that can be downloaded. */
export interface DownloadKind {
  /**
   * What a link leads to.
   *
   * @param userId whose link it is; the account is in use
   * @param id of the row
   * @param detail which form, as it was given to `linkTo`
   * @throws AppError NOT_FOUND when it is gone, or not this person's
   */
  find(userId: string, id: string, detail: string): Promise<Download>;
}

/** Links to things that can be downloaded, and what they lead to. */
export interface Downloads {
  /**
   * A signed link, which works without signing in until it expires. The caller has made sure that the viewer may see the thing.
   *
   * @param kind one of those that the service was made with
   * @param detail which form of it; empty by default
   * @returns its path on this server
   */
  linkTo(viewer: Viewer | null, kind: string, id: string, detail?: string): { readonly url: string; readonly expiresAt: Date };
  /**
   * What the token of a link leads to.
   *
   * @throws AppError FORBIDDEN for a token that was not signed here, LINK_EXPIRED, NOT_FOUND when the thing or its owner is gone,
   *   RATE_LIMITED when the owner has too many downloads under way
   */
  find(token: string): Promise<Download>;
}

/** What `createDownloads` stands on. */
export interface DownloadsDependencies {
  readonly prisma: PrismaClient;
  readonly links: SignedLinks;
  readonly kinds: Readonly<Record<string, DownloadKind>>;
  /** How many downloads of one person may be under way on this node. */
  readonly maxDownloadsPerUser: number;
}

/** What lies on the disk and never changes. */
export function storedDownload(path: string, facts: Omit<Download, 'open'>): Download {
  return { ...facts, open: async () => ({ source: { kind: 'file', path }, [Symbol.asyncDispose]: async () => {} }) };
}

/** Makes the service. */
export function createDownloads({ prisma, links, kinds, maxDownloadsPerUser }: DownloadsDependencies): Downloads {
  const running = new Map<string, number>();

  const release = (userId: string): void => {
    const left = (running.get(userId) ?? 1) - 1;
    if (left > 0) running.set(userId, left);
    else running.delete(userId);
  };

  const take = (userId: string): void => {
    const count = running.get(userId) ?? 0;
    if (count >= maxDownloadsPerUser) {
      throw new AppError('RATE_LIMITED', `${count} downloads of yours are under way, and no more are allowed at once. Wait until one has finished.`, {
        retryAfterMs: 5_000,
      });
    }
    running.set(userId, count + 1);
  };

  const counted = (userId: string, download: Download): Download => ({
    ...download,
    open: async (signal) => {
      take(userId);
      try {
        const content = await download.open(signal);
        return {
          source: content.source,
          [Symbol.asyncDispose]: async () => {
            release(userId);
            await content[Symbol.asyncDispose]();
          },
        };
      } catch (error) {
        release(userId);
        throw error;
      }
    },
  });

  return {
    linkTo(viewer, kind, id, detail = '') {
      const { userId } = requireViewer(viewer);
      if (kinds[kind] === undefined) throw new Error(`"${kind}" is not a kind of download`);
      const { token, expiresAt } = links.sign({ userId, kind, id, detail });
      return { url: `/downloads/${token}`, expiresAt };
    },

    async find(token) {
      const { userId, kind, id, detail } = links.verify(token);
      const owner = await prisma.user.findFirst({ where: { id: userId, disabledAt: null, deletingSince: null }, select: { id: true } });
      const found = kinds[kind];
      if (owner === null || found === undefined) throw notFound('Download');
      return counted(userId, await found.find(userId, id, detail));
    },
  };
}
