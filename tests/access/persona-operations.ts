import { mutation, query, type AccessOperation } from './operation.ts';

/** The root fields about personas that take an id. */
export const personaOperations: readonly AccessOperation[] = [
  query('persona', 'id name', 'Persona'),
  mutation('updatePersona', 'persona { id }', (ids) => ({ id: ids.Persona, name: 'Renamed' })),
  mutation('addPersona', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, personaId: ids.Persona })),
  mutation('setTurnPolicy', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, policy: 'ROUND_ROBIN' })),
  mutation('removePersona', 'conversation { id }', (ids) => ({ conversationId: ids.Conversation, personaId: ids.Persona })),
  mutation('deletePersona', 'deletedPersonaId', (ids) => ({ id: ids.Persona })),
];
