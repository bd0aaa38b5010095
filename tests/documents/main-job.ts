import { graphql } from '../generated/gql.ts';

export const registerDocument = graphql(`
  mutation Register($input: RegisterInput!) {
    register(input: $input) {
      accessToken
      user {
        id
        email
      }
    }
  }
`);

export const createSessionDocument = graphql(`
  mutation CreateSession($input: CreateSessionInput!) {
    createSession(input: $input) {
      session {
        id
        files {
          id
          name
          rowCount
          columnCount
          columns {
            name
            type
            meaning
          }
          preview(first: 2) {
            columns {
              name
              type
            }
            edges {
              node {
                values
              }
            }
          }
        }
        conversation {
          id
        }
      }
    }
  }
`);

export const autoAnalyzeDocument = graphql(`
  mutation AutoAnalyze($input: AutoAnalyzeInput!) {
    autoAnalyze(input: $input) {
      run {
        id
        status
      }
    }
  }
`);

export const runEventsDocument = graphql(`
  subscription RunEvents($runId: ID!, $after: Int) {
    runEvents(runId: $runId, after: $after) {
      __typename
      seq
      ... on TextDelta {
        position
        text
      }
      ... on StatusChanged {
        status
      }
      ... on QueryResultReady {
        part {
          id
          title
          sql
          rows
        }
      }
      ... on PlotReady {
        part {
          id
          title
          spec
        }
      }
      ... on TitleChanged {
        title
      }
      ... on RunFinished {
        reason
        run {
          status
        }
      }
      ... on RunFailed {
        code
        message
      }
    }
  }
`);
