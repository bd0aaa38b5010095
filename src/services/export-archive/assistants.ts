import { z } from 'zod';
import type { PrismaClient } from '../../../prisma/generated/client.ts';
import type { PersonaDocument, ServerDocument, TemplateDocument } from './assistant-formats.ts';

const inOrder = [{ createdAt: 'asc' as const }, { id: 'asc' as const }];

/** Somebody's prompt templates with their versions, the oldest first. */
export async function templateDocuments(prisma: PrismaClient, userId: string): Promise<readonly TemplateDocument[]> {
  const rows = await prisma.promptTemplate.findMany({
    where: { ownerId: userId },
    orderBy: inOrder,
    omit: { ownerId: true, workspaceId: true },
    include: { versions: { orderBy: { version: 'asc' }, omit: { templateId: true } } },
  });
  return rows.map(({ versions, ...template }) => ({
    ...template,
    versions: versions.map((version) => ({ ...version, variables: z.json().parse(version.variables) })),
  }));
}

/** Somebody's servers of tools, without what is secret of them. */
export function serverDocuments(prisma: PrismaClient, userId: string): Promise<readonly ServerDocument[]> {
  return prisma.mcpServer.findMany({
    where: { ownerId: userId },
    orderBy: inOrder,
    omit: { ownerId: true, sealedHeaders: true, sealedSignIn: true, signedInAt: true },
  });
}

/** Somebody's personas with their servers. */
export async function personaDocuments(prisma: PrismaClient, userId: string): Promise<readonly PersonaDocument[]> {
  const rows = await prisma.persona.findMany({
    where: { ownerId: userId },
    orderBy: inOrder,
    omit: { ownerId: true, workspaceId: true },
    include: {
      mcpServers: { select: { serverId: true }, orderBy: { server: { createdAt: 'asc' } } },
      knowledge: { select: { knowledgeBaseId: true }, orderBy: [{ createdAt: 'asc' }, { knowledgeBaseId: 'asc' }] },
    },
  });
  return rows.map(({ mcpServers, knowledge, tools, templateVariables, ...persona }) => ({
    ...persona,
    tools: z.json().parse(tools),
    templateVariables: z.json().parse(templateVariables),
    mcpServerIds: mcpServers.map(({ serverId }) => serverId),
    knowledgeBaseIds: knowledge.map(({ knowledgeBaseId }) => knowledgeBaseId),
  }));
}
