import { both, forEditors, type ByRole, type RoleTable } from './by-role.ts';

const allowed = both('ALLOWED');
const forOwners = both('FORBIDDEN');
/** An answer is made, or the person is gone after it: the tests of rooms do it. */
const madeElsewhere: ByRole = { EDITOR: 'ELSEWHERE', READER: 'FORBIDDEN' };

/**
 * What takes part in conversations opens, by the root field and, where a field is listed for several things, the kind of the thing. All that is not
 * here is the owner's alone: whoever takes part gets what a stranger gets.
 */
export const roomRoles: RoleTable = {
  'Query.conversation': allowed,
  'Query.run': allowed,
  'Query.runs': allowed,
  'Query.user': allowed,
  'Query.node Conversation': allowed,
  'Query.node Message': allowed,
  'Query.node Run': allowed,
  'Query.node QueryResultPart': allowed,
  'Query.node PlotPart': allowed,
  'Query.node ReasoningPart': allowed,
  'Query.node ToolCallPart': allowed,
  'Query.node Attachment': allowed,
  'Query.node ImagePart': allowed,
  'Query.node FilePart': allowed,
  'Query.node User': allowed,
  'Query.node PlanProposalPart': allowed,
  'Query.nodes': both('ELSEWHERE'),
  'Subscription.conversationEvents': allowed,
  'Subscription.runEvents': allowed,
  'Mutation.exportConversation': allowed,
  'Mutation.markRead': allowed,
  'Mutation.forkConversation': allowed,
  'Mutation.giveFeedback': allowed,
  'Mutation.removeFeedback': allowed,
  'Mutation.sendMessage Conversation': madeElsewhere,
  'Mutation.ask Conversation': madeElsewhere,
  'Mutation.regenerate': madeElsewhere,
  // Of somebody else's message.
  'Mutation.editMessage': forOwners,
  'Mutation.stopRun': forEditors,
  'Mutation.setTyping': forEditors,
  'Mutation.switchBranch': forEditors,
  'Mutation.editPlot': forEditors,
  'Mutation.revertPlot': forEditors,
  'Mutation.deleteMessage': forOwners,
  'Mutation.rerunQuery': forOwners,
  'Mutation.updateConversation': forOwners,
  'Mutation.updateConversationDefaults': forOwners,
  'Mutation.keepConversation': forOwners,
  'Mutation.setConversationContext': forOwners,
  'Mutation.shareConversation': forOwners,
  'Mutation.deleteConversation': forOwners,
  'Mutation.inviteToConversation': forOwners,
  'Mutation.createInvitationLink': forOwners,
  'Mutation.updateParticipant': forOwners,
  'Mutation.removeParticipant': forOwners,
  'Query.node Persona': allowed,
  'Query.persona': allowed,
  // Whoever asked answers, and nobody else.
  'Mutation.respondToRun': both('ELSEWHERE'),
  // Of the owner's persona, which is nobody else's to bring in.
  'Mutation.addPersona': { EDITOR: 'ELSEWHERE', READER: 'FORBIDDEN' },
  'Query.node AudioPart': allowed,
  'Mutation.transcribe Recording': both('ELSEWHERE'),
  'Mutation.generateImage Conversation': madeElsewhere,
  'Mutation.synthesizeSpeech CopiedMessage': both('ELSEWHERE'),
  'Mutation.createLiveRoomToken Conversation': allowed,
  // Of the owner's knowledge base.
  'Mutation.attachKnowledge': { EDITOR: 'ELSEWHERE', READER: 'FORBIDDEN' },
  'Mutation.detachKnowledge': { EDITOR: 'ELSEWHERE', READER: 'FORBIDDEN' },
  'Query.node CitationPart': allowed,
  'Mutation.removePersona': forOwners,
  'Mutation.setTurnPolicy': forOwners,
  'Mutation.leaveConversation': both('ELSEWHERE'),
};
