/** Somebody in a conversation. */
interface Place {
  readonly conversationId: string;
  readonly userId: string;
}

/** Somebody who has a conversation open. */
interface Presence {
  /** How many streams they have open on this node. */
  streams: number;
  /** Whether other nodes were told. */
  isTold: boolean;
  /** Waits before it says that they are gone. */
  timer: NodeJS.Timeout | null;
  /** The other nodes that have them, with how often they were passed over since they said so. */
  readonly elsewhere: Map<string, number>;
}

/** How often a node may keep silent about somebody. */
const mostSilences = 2;

/**
 * Who has which conversation open, here and on other nodes, as far as they say so.
 *
 * @param options.graceMs for how long somebody counts as there who has closed the last stream
 * @param options.changed called when somebody came, or is gone everywhere
 * @param options.arrived called when other nodes should know that somebody is here
 * @param options.departed called when they should know that somebody is not here any more
 */
export function createRoomPresence(options: {
  readonly graceMs: number;
  readonly changed: (place: Place, isPresent: boolean) => void;
  readonly arrived: (place: Place) => void;
  readonly departed: (place: Place) => void;
}) {
  const { graceMs, changed, arrived, departed } = options;
  const rooms = new Map<string, Map<string, Presence>>();

  const open = ({ conversationId, userId }: Place): Presence => {
    const room = rooms.get(conversationId) ?? new Map<string, Presence>();
    rooms.set(conversationId, room);
    const known = room.get(userId);
    if (known !== undefined) return known;
    const presence: Presence = { streams: 0, isTold: false, timer: null, elsewhere: new Map() };
    room.set(userId, presence);
    changed({ conversationId, userId }, true);
    return presence;
  };

  const closeIfGone = (place: Place, presence: Presence): void => {
    if (presence.streams > 0 || presence.timer !== null || presence.elsewhere.size > 0) return;
    const room = rooms.get(place.conversationId);
    if (room?.get(place.userId) !== presence) return;
    room.delete(place.userId);
    if (room.size === 0) rooms.delete(place.conversationId);
    changed(place, false);
  };

  const announce = (place: Place, presence: Presence): void => {
    if (presence.isTold || presence.streams === 0) return;
    presence.isTold = true;
    arrived(place);
  };

  const everybody = function* (): Generator<readonly [Place, Presence]> {
    for (const [conversationId, room] of rooms) for (const [userId, presence] of room) yield [{ conversationId, userId }, presence];
  };

  return {
    /** Somebody opens a stream here. */
    enter(place: Place, isShared: boolean) {
      const presence = open(place);
      presence.streams += 1;
      if (presence.timer !== null) clearTimeout(presence.timer);
      presence.timer = null;
      if (isShared) announce(place, presence);
      let isOpen = true;
      return {
        /** Others take part by now. */
        share: (): void => announce(place, presence),
        leave: (): void => {
          if (!isOpen) return;
          isOpen = false;
          presence.streams -= 1;
          if (presence.streams > 0) return;
          presence.timer = setTimeout(() => {
            presence.timer = null;
            if (presence.isTold) departed(place);
            presence.isTold = false;
            closeIfGone(place, presence);
          }, graceMs);
          presence.timer.unref();
        },
      };
    },

    presentIn: (conversationId: string): ReadonlySet<string> => new Set(rooms.get(conversationId)?.keys()),

    /** Those whom other nodes should know of. */
    told: (): readonly [string, string][] =>
      [...everybody()].filter(([, presence]) => presence.isTold).map(([{ conversationId, userId }]) => [conversationId, userId]),

    /** Another node says that somebody is there. */
    hereElsewhere: (node: string, place: Place): void => void open(place).elsewhere.set(node, 0),

    /** Another node says that somebody is not there any more. */
    goneAway: (node: string, { conversationId, userId }: Place): void => {
      const presence = rooms.get(conversationId)?.get(userId);
      presence?.elsewhere.delete(node);
      if (presence !== undefined) closeIfGone({ conversationId, userId }, presence);
    },

    /** Forgets whom nodes have not told of for two beats: those nodes are gone. To be called once a beat. */
    forgetSilent: (): void => {
      for (const [place, presence] of everybody()) {
        for (const [node, silences] of presence.elsewhere) {
          if (silences >= mostSilences) presence.elsewhere.delete(node);
          else presence.elsewhere.set(node, silences + 1);
        }
        closeIfGone(place, presence);
      }
    },

    /** Ends what waits. */
    close: (): void => {
      for (const [, { timer }] of everybody()) if (timer !== null) clearTimeout(timer);
    },
  };
}
