/** GraphQL over HTTP, as much of it as this client needs: one request, one answer, errors by their stable codes. */

import { Problem } from './problem'

export interface GraphQLRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface GraphQLError {
  readonly message: string
  readonly extensions?: { readonly code?: string }
}

export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLError[]
}

/** The JSON of a GraphQL response; a body of another kind is the server's failure. */
export async function answerOf(response: Response): Promise<GraphQLAnswer> {
  try {
    return (await response.json()) as GraphQLAnswer
  } catch (thrown) {
    throw new Problem('server_error', String(response.status), { cause: thrown })
  }
}
