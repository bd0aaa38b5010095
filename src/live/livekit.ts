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

/** What the server of live rooms tells. */
export interface LiveEvent {
  readonly kind: 'JOINED' | 'LEFT' | 'FINISHED';
  readonly room: string;
  /** Who joined or left; null where the whole room is finished. */
  readonly identity: string | null;
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
}

const kinds: { readonly [event in string]?: LiveEvent['kind'] } = { participant_joined: 'JOINED', participant_left: 'LEFT', room_finished: 'FINISHED' };

/** Creates the access to a LiveKit server, by its official SDK, which is loaded when it is first used. */
export function createLiveKit({ url, apiKey, apiSecret, tokenLifetimeMs }: LiveKitConfig): LiveServer {
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
      return { kind, room, identity: event.participant?.identity ?? null, at: new Date(Number(event.createdAt) * 1_000) };
    },
  };
}
