import type { LiveKitConfig } from '../base/media-config.ts';

/** What somebody may do in a live room. */
export interface LiveGrants {
  /** Hears and sees the others. */
  readonly canSubscribe: boolean;
  /** Is heard and seen. */
  readonly canPublish: boolean;
  /** Sends data such as hand signs. */
  readonly canPublishData: boolean;
  /** Mutes and removes others. */
  readonly isAdmin: boolean;
}

/** What the server of live rooms lets somebody do who is in a room. */
export type LivePermission = Omit<LiveGrants, 'isAdmin'>;

/** What the server of live rooms tells. */
export interface LiveEvent {
  readonly kind: 'JOINED' | 'LEFT' | 'FINISHED';
  readonly room: string;
  /** Who joined or left; null where the whole room is finished. */
  readonly identity: string | null;
  /** What whoever joined may do there, by their token; null where it is not told. */
  readonly permission: LivePermission | null;
  /** When it happened, by the clock of that server; whole seconds. */
  readonly at: Date;
}

/** A server of live rooms. */
export interface LiveServer {
  /** Where clients connect. */
  readonly url: string;
  readonly tokenLifetimeMs: number;
  /** A token by which one person enters one room. */
  createToken(entry: { readonly room: string; readonly identity: string; readonly name: string; readonly grants: LiveGrants }): Promise<string>;
  /**
   * What a webhook tells, once its signature over the body is right.
   *
   * @param body as it came
   * @param authorization its header
   * @returns null for what is of no interest
   * @throws Error when it is not signed with our secret for this body, or its time is over
   */
  readWebhook(body: string, authorization: string): Promise<LiveEvent | null>;
  /**
   * Puts somebody out of a room. Somebody who is not in it is out of it.
   *
   * @param before tokens that were made before that let nobody in any more, where the server is new enough to know of it
   * @throws Error when the server does not do it
   */
  putOut(room: string, identity: string, before: Date): Promise<void>;
  /** Changes what somebody may do who is in a room. @throws Error when the server does not do it */
  allow(room: string, identity: string, permission: LivePermission): Promise<void>;
  /** Ends a room for all that are in it. @throws Error when the server does not do it */
  endRoom(room: string): Promise<void>;
}

const kinds: { readonly [event in string]?: LiveEvent['kind'] } = { participant_joined: 'JOINED', participant_left: 'LEFT', room_finished: 'FINISHED' };

/** What is not there needs nothing. */
const unlessGone = async (work: Promise<unknown>): Promise<void> => {
  const { ServerError } = await import('livekit-server-sdk');
  await work.catch((error: unknown) => {
    if (!(error instanceof ServerError) || error.status !== 404) throw error;
  });
};

/** Creates the access to a LiveKit server, by its official SDK, which is loaded when it is first used. */
export function createLiveKit({ url, apiKey, apiSecret, tokenLifetimeMs, timeoutMs }: LiveKitConfig): LiveServer {
  const connect = async () => {
    const { RoomServiceClient } = await import('livekit-server-sdk');
    // It is tried again by us, later, and not at once in another region.
    return new RoomServiceClient(url, apiKey, apiSecret, { requestTimeout: timeoutMs / 1_000, failover: false });
  };

  return {
    url,
    tokenLifetimeMs,
    createToken: async ({ room, identity, name, grants }) => {
      const { AccessToken } = await import('livekit-server-sdk');
      const token = new AccessToken(apiKey, apiSecret, { identity, name, ttl: Math.floor(tokenLifetimeMs / 1_000) });
      const { canSubscribe, canPublish, canPublishData, isAdmin } = grants;
      token.addGrant({ room, roomJoin: true, roomAdmin: isAdmin, canSubscribe, canPublish, canPublishData, canUpdateOwnMetadata: false });
      return token.toJwt();
    },
    readWebhook: async (body, authorization) => {
      const { WebhookReceiver } = await import('livekit-server-sdk');
      const event = await new WebhookReceiver(apiKey, apiSecret).receive(body, authorization);
      const kind = kinds[event.event];
      const room = event.room?.name;
      if (kind === undefined || room === undefined) return null;
      const { permission: told } = event.participant ?? {};
      const permission = told === undefined ? null : { canSubscribe: told.canSubscribe, canPublish: told.canPublish, canPublishData: told.canPublishData };
      return { kind, room, identity: event.participant?.identity ?? null, permission, at: new Date(Number(event.createdAt) * 1_000) };
    },
    putOut: async (room, identity, before) => {
      const revokeTokenTs = BigInt(Math.floor(before.getTime() / 1_000));
      await unlessGone((await connect()).removeParticipant(room, identity, { revokeTokenTs }));
    },
    allow: async (room, identity, { canSubscribe, canPublish, canPublishData }) => {
      const permission = { canSubscribe, canPublish, canPublishData, canUpdateMetadata: false };
      await unlessGone((await connect()).updateParticipant(room, identity, { permission }));
    },
    endRoom: async (room) => unlessGone((await connect()).deleteRoom(room)),
  };
}
