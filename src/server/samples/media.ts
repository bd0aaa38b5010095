import { variablesOf, type SampleTab } from './sample-tab.ts';

/** Pictures, speech and live rooms. */
export const mediaTabs: readonly SampleTab[] = [
  {
    query: `# 26. Have a picture drawn, and watch it come. "imageModels"
#     says who draws here, and what a picture costs.
query ImageModels {
  imageModels { name displayName isDefault sizes maxCount hasReferences prices { size quality costMicros } }
}

mutation GenerateImage {
  generateImage(input: { prompt: "A lighthouse at dusk, as a woodcut", size: LANDSCAPE }) {
    run { id status model message { id } }
  }
}

subscription WatchPicture($runId: ID!) {
  runEvents(runId: $runId) {
    __typename
    seq
    ... on StatusChanged { status }
    ... on ImagePreviewed { index preview { downloadUrl } }
    ... on ImageReady { part { name width height downloadUrl } }
    ... on RunFailed { code message }
  }
}`,
    variables: variablesOf({ runId: 'the id of the run' }),
  },
  {
    query: `# 27. Speak and listen. Send a recording first:
#     curl -F file=@memo.m4a .../attachments
mutation Transcribe($attachmentId: ID!) {
  transcribe(input: { attachmentId: $attachmentId }) {
    attachment { transcript { text language durationMs segments { startMs endMs text } } }
  }
}

query Voices {
  voices { voice name provider language }
}

# "url" plays at once, while the sound is made.
mutation SynthesizeSpeech($messageId: ID!) {
  synthesizeSpeech(input: { messageId: $messageId, format: MP3 }) {
    speech { id url status }
  }
}

mutation CreateLiveRoomToken($conversationId: ID!) {
  createLiveRoomToken(input: { conversationId: $conversationId }) {
    liveRoomToken { url token room expiresAt }
  }
}

query LiveRoom($conversationId: ID!) {
  conversation(id: $conversationId) { liveRoom { participants { displayName } } }
}`,
    variables: variablesOf({ attachmentId: 'the id of a recording', messageId: 'the id of a message', conversationId: 'the id of a conversation' }),
  },
];
