import type { Person } from '../services/people/person.ts';
import type { PersonaRow } from '../services/persona/persona-row.ts';
import { encodeGlobalID } from '@pothos/plugin-relay';
import { builder } from './builder.ts';

/** Who can write a message. */
export const Author = builder.interfaceRef<Person | PersonaRow>('Author').implement({
  description: 'Who can write a message: a person, or a persona in whose name an engine speaks.',
  resolveType: (author) => ('handle' in author ? 'Persona' : 'User'),
  fields: (t) => ({
    id: t.id({ description: 'The global id.', resolve: (author) => encodeGlobalID('handle' in author ? 'Persona' : 'User', author.id) }),
    displayName: t.string({ description: 'What to show.', resolve: (author) => ('handle' in author ? author.name : author.displayName) }),
  }),
});
