/**
 * GraphQL over HTTP, as much of it as this client needs: one request, one answer, errors by their stable codes.
 *
 * The documents are the `*.graphql` files beside the code that sends them. The server knows them from the manifest that
 * `make generate` writes, so that their hash is all that is sent.
 */

import manifest from '../../trusted-documents.json'
import { Problem } from './problem'

export interface GraphQLRequest {
  readonly documentId: string
  readonly variables?: Readonly<Record<string, unknown>>
}

export interface GraphQLError {
  readonly message: string
  readonly extensions?: { readonly code?: string; readonly maxAge?: number; readonly acrValues?: string }
}

export interface GraphQLAnswer {
  readonly data?: unknown
  readonly errors?: readonly GraphQLError[]
}

/** The request for an operation of the manifest, by its name. */
export function trusted(name: string, variables?: Readonly<Record<string, unknown>>): GraphQLRequest {
  const operation = manifest.operations.find((each) => each.name === name)
  if (operation === undefined) throw new Error(`no document has the operation ${name}`)
  return { documentId: operation.id, ...(variables && { variables }) }
}

/** Whether the server refuses the token itself. That it wants a fresher sign-in is an answer (RFC 9470 §3). */
export function refusesToken(response: Response): boolean {
  const challenge = response.headers.get('WWW-Authenticate') ?? ''
  return response.status === 401 && !challenge.includes('error="insufficient_user_authentication"')
}

/** The JSON of a GraphQL response; a body of another kind is the server's failure. */
export async function answerOf(response: Response): Promise<GraphQLAnswer> {
  try {
    return (await response.json()) as GraphQLAnswer
  } catch (thrown) {
    throw new Problem('server_error', String(response.status), { cause: thrown })
  }
}
