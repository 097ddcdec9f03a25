/** What the signed-in page asks the server: who I am, my roles, and what the token says. */

import { type GraphQLAnswer, type GraphQLRequest, trusted } from '../session/graphql'
import { Problem } from '../session/problem'

export interface Role {
  readonly name: string
  readonly description: string
  readonly scopes: readonly string[]
}

export interface Person {
  readonly sub: string
  readonly username: string | null
  readonly name: string | null
  readonly email: string | null
  readonly emailVerified: boolean | null
  readonly roles: readonly Role[] | null
}

/** The server's own judgement of the token that asked. */
export interface TokenReport {
  readonly active: boolean
  readonly clientId: string | null
  readonly scope: string | null
  readonly aud: readonly string[] | null
  readonly iss: string | null
  /** `DPoP` for one that is bound to a key. */
  readonly tokenType: string | null
}

export interface Account {
  readonly me: Person | null
  readonly validateToken: TokenReport
}

/** `account.graphql` */
export const ACCOUNT: GraphQLRequest = trusted('Account')

/** The account in an answer. A field the token may not see is null and no failure; nothing at all is one. */
export function accountFrom(answer: GraphQLAnswer): Account {
  const data = answer.data as Partial<Account> | null | undefined
  if (data?.validateToken == null) {
    throw new Problem('server_error', answer.errors?.[0]?.extensions?.code ?? 'no_data')
  }
  return { me: data.me ?? null, validateToken: data.validateToken }
}

/** What to call someone: the name, else the username, else the only thing left. */
export function displayName(person: Person): string {
  return [person.name, person.username, person.email].find((text) => text != null && text.trim() !== '') ?? person.sub
}
