import type { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';

/**
 * Makes sure that an account is in use, and that it stays so until the transaction is over: whoever disables or deletes it waits, and
 * then finds what the transaction wrote. Before any other lock on what belongs to the account, as a deletion locks it.
 *
 * @param refusal for an account that is gone, or on its way
 * @throws AppError ACCOUNT_DISABLED, or the refusal
 */
export async function requireActiveAccount(transaction: Prisma.TransactionClient, userId: string, refusal: AppError): Promise<void> {
  const [account] = await transaction.$queryRaw<{ isDisabled: boolean; isGoing: boolean }[]>`
    SELECT disabled_at IS NOT NULL AS "isDisabled", deleting_since IS NOT NULL AS "isGoing" FROM users WHERE id = ${userId}::uuid FOR SHARE`;
  if (account === undefined || account.isGoing) throw refusal;
  if (account.isDisabled) throw new AppError('ACCOUNT_DISABLED', 'This account is disabled; ask an administrator to enable it again.');
}
