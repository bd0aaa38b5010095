import type { TestApp, TestPerson } from './app.ts';
import { createBase, followDocument, indexDocument } from './knowledge.ts';
import type { ScriptedEngine } from './scripted-engine.ts';
import { subscribeSse } from './sse-client.ts';

/** What stands outside of an account. */
export interface Outside {
  /** Of a server of tools. */
  readonly mcpUrl: string;
  /** Of a web page. */
  readonly pageUrl: string;
}

/** Global ids of what `fillAssistants` has made. */
export interface FullAssistants {
  readonly conversationId: string;
  readonly personaId: string;
  readonly serverId: string;
  readonly baseId: string;
}

/**
 * Gives somebody a template with two versions, a server of tools with a header, two personas, a knowledge base with two documents and a page, and a
 * conversation in which a persona has spoken.
 */
export async function fillAssistants(app: TestApp, person: TestPerson, engine: ScriptedEngine, { mcpUrl, pageUrl }: Outside): Promise<FullAssistants> {
  const { client } = person;
  const { createPromptTemplate, saveMcpServer, createConversation } = await client.request(
    `mutation ($url: String!) {
      createPromptTemplate(input: { name: "Tutor", description: "For lessons", text: "Teach {{topic}}.",
        variables: [{ name: "topic", description: "What", defaultValue: "Italian" }] }) { promptTemplate { id } }
      saveMcpServer(input: { name: "tools", transport: STREAMABLE_HTTP, url: $url, approval: WRITES, headers: [{ name: "Authorization", value: "Bearer secretOfTheTests" }] }) {
        mcpServer { id } }
      createConversation(input: { title: "A lesson" }) { conversation { id } }
    }`,
    { url: mcpUrl },
  );
  const templateId = createPromptTemplate.promptTemplate.id;
  const serverId = saveMcpServer.mcpServer.id;
  const conversationId = createConversation.conversation.id;
  await client.request('mutation ($id: ID!) { updatePromptTemplate(input: { id: $id, text: "Teach {{topic}} with care." }) { promptTemplate { id } } }', {
    id: templateId,
  });
  const { tutor, critic } = await client.request(
    `mutation ($templateId: ID!, $serverId: ID!) {
      tutor: createPersona(input: { name: "Tutor", handle: "tutor", emoji: "🦉", color: "#3366cc", templateId: $templateId, templateVariables: { topic: "verbs" },
        mcpServerIds: [$serverId], approvals: ["mcp_tools_erase"], mayAsk: true, temperature: 0.5 }) { persona { id } }
      critic: createPersona(input: { name: "Critic", handle: "critic", description: "Finds faults", systemPrompt: "Be strict.\\n", model: "scripted:one",
        tools: ["mcp_tools_add"] }) { persona { id } }
    }`,
    { templateId, serverId },
  );
  const baseId = await createBase(person, { name: 'Handbook', description: 'What we know' });
  await indexDocument(app, person, baseId, 'returns.md', '# Returns\n\nWithin thirty days.\n');
  await indexDocument(app, person, baseId, 'ages.csv', 'name,age\nada,36\n');
  const page = await client.request('mutation ($input: AddWebPageInput!) { addWebPage(input: $input) { document { id } } }', {
    input: { knowledgeBaseId: baseId, url: pageUrl },
  });
  await followDocument(app, person, page.addWebPage.document.id);
  await client.request(
    `mutation ($id: ID!, $tutor: ID!, $critic: ID!, $baseId: ID!) {
      one: addPersona(input: { conversationId: $id, personaId: $tutor }) { conversation { id } }
      two: addPersona(input: { conversationId: $id, personaId: $critic }) { conversation { id } }
      setTurnPolicy(input: { conversationId: $id, policy: MODERATED, maxTurns: 3, moderatorModel: "scripted:one" }) { conversation { id } }
      attachKnowledge(input: { conversationId: $id, knowledgeBaseIds: [$baseId] }) { conversation { id } }
    }`,
    { id: conversationId, tutor: tutor.persona.id, critic: critic.persona.id, baseId },
  );
  const sent = await client.request('mutation ($input: SendMessageInput!) { sendMessage(input: $input) { run { id } } }', {
    input: { conversationId, text: '@critic What is wrong?' },
  });
  const call = await engine.nextCall();
  call.text('Everything.');
  call.finish();
  const query = 'subscription ($id: ID!) { runEvents(runId: $id) { seq } }';
  const events = await subscribeSse(app.url, { query, variables: { id: sent.sendMessage.run.id }, token: person.token });
  while ((await events.nextEvent()).kind === 'next');
  return { conversationId, personaId: critic.persona.id, serverId, baseId };
}

const waiting = 'query ($id: ID!) { knowledgeBase(id: $id) { documents(first: 20) { edges { node { id } } } } }';

/** Waits until nothing is under way with the documents of a base. */
export async function settleDocuments(app: TestApp, person: TestPerson, baseId: string): Promise<void> {
  const { knowledgeBase } = await person.client.request(waiting, { id: baseId });
  for (const { node } of knowledgeBase.documents.edges) await followDocument(app, person, node.id);
}
