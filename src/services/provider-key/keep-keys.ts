import type { Pool } from 'pg';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import type { SealedTexts } from '../../auth/sealed-text.ts';
import type { Clock } from '../../base/clock.ts';
import type { DeviceFacts } from '../../base/device.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { OutsideAddresses } from '../../engines/outside-address.ts';
import type { Audit } from '../audit.ts';
import { checkAddress } from '../check-address.ts';
import { requireWorkspacePermission } from '../workspace/permissions.ts';
import { parseKeyInput, type ProviderKeyInput } from './key-input.ts';
import { kindFacts } from './kinds.ts';
import type { OwnEngines } from './own-engines.ts';
import { placeOf, type KeyOwner, type ProviderKeyRow } from './provider-key-row.ts';

/** A key as its owner sees it in the list. The key itself is not in it. */
export type ListedProviderKey = Omit<ProviderKeyRow, 'sealedKey' | 'userId'>;

/** What it stands on. */
export interface KeyKeepingDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly audit: Audit;
  readonly sealed: SealedTexts;
  readonly addresses: OutsideAddresses;
  readonly ownEngines: Pick<OwnEngines, 'forget'>;
  /** How many one person, and one workspace, may have. */
  readonly maxPerUser: number;
  readonly maxPerWorkspace: number;
}

/** Whose key it is, and who saves or removes it. */
interface Keeping {
  readonly owner: KeyOwner;
  readonly actorId: string;
}

const select = {
  id: true,
  workspaceId: true,
  provider: true,
  kind: true,
  lastFour: true,
  baseUrl: true,
  models: true,
  createdAt: true,
  updatedAt: true,
  lastUsedAt: true,
} as const;

/** By which its owner recognises a key; of a short one four characters would be too many. */
const lastFourOf = (key: string): string => (key.length < 12 ? '' : key.slice(-4));

/** What the audit log tells beside the key: the workspace, where it is one's. */
const aboutOwner = ({ workspaceId }: KeyOwner) => (workspaceId === null ? {} : { workspaceId });

/** Where a key stands that there is for a provider already, or will. */
function placeIn({ userId, workspaceId }: KeyOwner, provider: string): Prisma.ProviderKeyWhereUniqueInput {
  return userId === null ? { workspaceId_provider: { workspaceId, provider } } : { userId_provider: { userId, provider } };
}

/** Saves and removes keys, whoever they belong to. */
export function createKeyKeeping(dependencies: KeyKeepingDependencies) {
  const { prisma, clock, newId, audit, sealed, addresses, ownEngines, maxPerUser, maxPerWorkspace } = dependencies;

  /**
   * Makes sure that somebody may keep keys there, until the end of the transaction. Two at once would both find the last place free.
   *
   * @returns who uses the keys there
   */
  const hold = async (transaction: Prisma.TransactionClient, { owner, actorId }: Keeping): Promise<readonly string[]> => {
    const { userId, workspaceId } = owner;
    if (userId !== null) {
      await transaction.$queryRaw(Prisma.sql`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`);
      return [userId];
    }
    await transaction.$queryRaw(Prisma.sql`SELECT id FROM workspaces WHERE id = ${workspaceId}::uuid FOR NO KEY UPDATE`);
    await requireWorkspacePermission(transaction, { workspaceId, userId: actorId }, 'KEEP_KEYS');
    const members = await transaction.workspaceMember.findMany({ where: { workspaceId }, select: { userId: true } });
    return members.map((member) => member.userId);
  };

  const requireRoom = async (transaction: Prisma.TransactionClient, owner: KeyOwner): Promise<void> => {
    const [whose, most, remedy] =
      owner.userId === null ? ['The workspace has', maxPerWorkspace, 'deleteWorkspaceProviderKey'] : ['You have', maxPerUser, 'deleteProviderKey'];
    if ((await transaction.providerKey.count({ where: owner })) < most) return;
    throw new AppError('CONFLICT', `${whose} ${most} keys, as many as are allowed; remove one that is not needed with "${remedy}".`);
  };

  /** Those who may use a key have it, or have it no more, at once on this node. */
  const forgetAll = (userIds: readonly string[]): void => userIds.forEach((userId) => ownEngines.forget(userId));

  /** Saves a key in place of the one that there was. Throws as `ProviderKeys.save` and `saveForWorkspace`. */
  const save = async (keeping: Keeping, input: ProviderKeyInput, device: DeviceFacts): Promise<ListedProviderKey> => {
    const { owner, actorId } = keeping;
    const { provider, kind, apiKey, baseUrl, models } = parseKeyInput(input);
    if (baseUrl !== null) await checkAddress(addresses, baseUrl, ['input', 'baseUrl']);
    // An endpoint that needs no key has an empty one.
    const sealedKey = await sealed.seal(apiKey ?? '', placeOf({ ...owner, provider }));
    const { row: saved, users } = await prisma.$transaction(async (transaction) => {
      const held = await hold(transaction, keeping);
      const known = await transaction.providerKey.findUnique({ where: placeIn(owner, provider) });
      if (known === null) await requireRoom(transaction, owner);
      const isSamePlace = known !== null && known.kind === kind && known.baseUrl === baseUrl;
      const stays = apiKey === undefined && isSamePlace;
      if (apiKey == null && !stays && kindFacts[kind].needsKey) {
        throw badInput(['input', 'apiKey'], 'the key must be given; it only stays where kind and address stay');
      }
      const now = clock.now();
      // Engines are kept by this moment, so it moves with every change.
      const updatedAt = known !== null && known.updatedAt >= now ? new Date(known.updatedAt.getTime() + 1) : now;
      const secret = { sealedKey, lastFour: lastFourOf(apiKey ?? ''), lastUsedAt: null };
      const changed = { kind, baseUrl, models: [...models], updatedAt };
      const row = await transaction.providerKey.upsert({
        where: placeIn(owner, provider),
        create: { id: newId(), ...owner, provider, createdAt: now, ...changed, ...secret },
        update: stays ? changed : { ...changed, ...secret },
        select,
      });
      const data = { providerKeyId: row.id, provider, kind, ...aboutOwner(owner) };
      await audit.record(transaction, { kind: 'PROVIDER_KEY_SAVED', actorId, subjectId: owner.userId, device, data });
      return { row, users: held };
    });
    forgetAll(users);
    return saved;
  };

  /** Removes a key. Throws as `ProviderKeys.delete` and `deleteOfWorkspace`. */
  const remove = async (keeping: Keeping, id: string, device: DeviceFacts): Promise<string> => {
    const { owner, actorId } = keeping;
    const users = await prisma.$transaction(async (transaction) => {
      const held = await hold(transaction, keeping);
      const found = await transaction.providerKey.findFirst({ where: { id, ...owner }, select: { provider: true } });
      if (found === null) throw notFound('ProviderKey');
      await transaction.providerKey.delete({ where: { id }, select: { id: true } });
      const data = { providerKeyId: id, provider: found.provider, ...aboutOwner(owner) };
      await audit.record(transaction, { kind: 'PROVIDER_KEY_DELETED', actorId, subjectId: owner.userId, device, data });
      return held;
    });
    forgetAll(users);
    return id;
  };

  return { save, remove };
}
