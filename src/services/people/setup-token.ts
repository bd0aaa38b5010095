import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import type { PeopleDependencies } from './deps.ts';

const key = 'setup-token';

/** The one-time token by which an account becomes the first ADMIN. */
export type SetupToken = ReturnType<typeof createSetupToken>;

/** Creates it. */
export function createSetupToken({ prisma, setupTokens }: Pick<PeopleDependencies, 'prisma' | 'setupTokens'>) {
  return {
    /**
     * Makes a new token while there is no admin; an older one stops working, also one that another process printed. To be called at
     * start.
     *
     * @returns the token, to be shown to the operator once; null when there is an admin
     */
    async prepare(): Promise<string | null> {
      if (await hasAdmin(prisma)) {
        await prisma.setting.deleteMany({ where: { key } });
        return null;
      }
      const { token, hash } = setupTokens.make();
      await prisma.setting.upsert({ where: { key }, create: { key, value: hash }, update: { value: hash } });
      return token;
    },

    /**
     * Uses the token up, as part of the transaction that makes the admin: when that fails, the token is still good.
     *
     * @throws AppError FORBIDDEN when it is not the token, or there is an admin
     */
    async consume(transaction: Prisma.TransactionClient, token: string): Promise<void> {
      // Of two at once the second waits here for the row, and then finds it gone.
      const { count } = await transaction.setting.deleteMany({ where: { key, value: setupTokens.hashOf(token) } });
      if (count === 0) {
        throw new AppError(
          'FORBIDDEN',
          'The set-up token is not valid: it was used, or a later start of the server printed a newer one. Take it from the latest output of the server, or leave it out.',
        );
      }
      // A process that started in the moment when another one's token was used may have left a new token behind.
      if (await hasAdmin(transaction)) {
        throw new AppError('FORBIDDEN', 'This installation has an administrator already; ask them to change your role.');
      }
    },
  };
}

async function hasAdmin(client: Prisma.TransactionClient): Promise<boolean> {
  return (await client.user.findFirst({ where: { role: 'ADMIN' }, select: { id: true } })) !== null;
}
