/** Caps for tests and measurements that open far more from one machine than one person would. */
export const wideCaps = {
  MAX_RUNNING_RUNS_PER_USER: '10000',
  MAX_SOCKETS_PER_USER: '10000',
  MAX_SOCKETS_PER_ADDRESS: '10000',
  MAX_OPERATIONS_PER_SOCKET: '10000',
  WEBSOCKET_MESSAGES_PER_SECOND: '100000',
  MAX_EVENT_STREAMS_PER_USER: '10000',
  MAX_EVENT_STREAMS_PER_ADDRESS: '10000',
};
