import DataLoader from 'dataloader';

/**
 * Asks whether credentials are still good, past any memory: for open streams, of which thousands are asked about in one moment.
 *
 * @param findActive those of some ids that are good; called once for all that are asked about in one moment
 */
export function createActivity(findActive: (ids: readonly string[]) => Promise<readonly { readonly id: string }[]>): (id: string) => Promise<boolean> {
  const loader = new DataLoader<string, boolean>(
    async (ids) => {
      const active = new Set((await findActive(ids)).map((row) => row.id));
      return ids.map((id) => active.has(id));
    },
    { cache: false },
  );
  return (id) => loader.load(id);
}
