import type { TestPerson } from './app.ts';

/** Makes an empty conversation. Returns its global id. */
export async function openRoom(owner: TestPerson, title = 'A room'): Promise<string> {
  const document = 'mutation ($title: String) { createConversation(input: { title: $title }) { conversation { id } } }';
  return (await owner.client.request(document, { title })).createConversation.conversation.id;
}

/** Makes a link of an owner. */
export async function linkTo(
  owner: TestPerson,
  conversationId: string,
  input: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly id: string; readonly token: string }> {
  const document = 'mutation ($input: CreateInvitationLinkInput!) { createInvitationLink(input: $input) { token invitation { id } } }';
  const { token, invitation } = (await owner.client.request(document, { input: { conversationId, ...input } })).createInvitationLink;
  return { token, id: invitation.id };
}

/** Accepts what a token stands for. */
export const acceptByToken = 'mutation ($token: String!) { acceptInvitation(input: { token: $token }) { conversation { id viewerRole } } }';

/** Brings people into a conversation, each by a link of their own. */
export async function letIn(owner: TestPerson, conversationId: string, role: 'EDITOR' | 'READER', ...people: readonly TestPerson[]): Promise<void> {
  for (const person of people) {
    const { token } = await linkTo(owner, conversationId, { role });
    await person.client.request(acceptByToken, { token });
  }
}

/** Sends a message. Returns the run, with the ids of its question and its answer. */
export async function sendTo(person: TestPerson, conversationId: string, text: string, more: Readonly<Record<string, unknown>> = {}): Promise<any> {
  const document = 'mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id status question { id } message { id } } } }';
  return (await person.client.request(document, { input: { conversationId, text, ...more } })).sendMessage.run;
}
