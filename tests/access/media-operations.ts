import { mutation, type AccessOperation } from './operation.ts';

/** The root fields of pictures, speech and live rooms that take an id. */
export const mediaOperations: readonly AccessOperation[] = [
  mutation('generateImage', 'run { id }', (ids) => ({ conversationId: ids.Conversation, prompt: 'A lighthouse' })),
  mutation('generateImage', 'run { id }', (ids) => ({ prompt: 'Like this', model: 'openai', attachmentIds: [ids.Attachment] })),
  mutation('transcribe', 'attachment { id }', (ids) => ({ attachmentId: ids.Recording })),
  mutation('synthesizeSpeech', 'speech { id }', (ids) => ({ messageId: ids.CopiedMessage })),
  mutation('createLiveRoomToken', 'liveRoomToken { room }', (ids) => ({ conversationId: ids.Conversation })),
];
