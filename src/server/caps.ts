import type { Viewer } from '../auth/viewer.ts';
import type { GateConfig } from '../base/gate-config.ts';
import { networkOf } from './client-address.ts';

/** Gives back what was taken; later calls do nothing. */
export type Release = () => void;

/** How much anyone may hold open at once: a person is counted by account, nobody by address. */
export interface Caps {
  /** Takes one of the sockets of somebody; null when there is none left. */
  takeSocket(viewer: Viewer | null, address: string): Release | null;
  /** The same for event streams. */
  takeEventStream(viewer: Viewer | null, address: string): Release | null;
}

/** Counts what each holder has, up to a limit. Holders that have nothing are forgotten. */
function createTally(most: number): (holder: string) => Release | null {
  const held = new Map<string, number>();
  return (holder) => {
    const count = held.get(holder) ?? 0;
    if (count >= most) return null;
    held.set(holder, count + 1);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      const left = (held.get(holder) ?? 1) - 1;
      if (left === 0) held.delete(holder);
      else held.set(holder, left);
    };
  };
}

/** The caps of one server. Several servers count apart. */
export function createCaps(
  gate: Pick<GateConfig, 'maxSocketsPerUser' | 'maxSocketsPerAddress' | 'maxEventStreamsPerUser' | 'maxEventStreamsPerAddress'>,
): Caps {
  const [userSockets, addressSockets] = [createTally(gate.maxSocketsPerUser), createTally(gate.maxSocketsPerAddress)];
  const [userStreams, addressStreams] = [createTally(gate.maxEventStreamsPerUser), createTally(gate.maxEventStreamsPerAddress)];
  return {
    takeSocket: (viewer, address) => (viewer === null ? addressSockets(networkOf(address)) : userSockets(viewer.userId)),
    takeEventStream: (viewer, address) => (viewer === null ? addressStreams(networkOf(address)) : userStreams(viewer.userId)),
  };
}
