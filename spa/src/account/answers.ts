/** What answers of the API mean for a section: shown, not for this sign-in's eyes, done, refused, or to be proved first. */

import type { GraphQLAnswer, GraphQLError } from '../session/graphql'
import { Problem, type ProblemCode } from '../session/problem'
import type { StepUp } from '../session/stepUp'

/** A sentence of the server's for people, with the argument it is about. */
export interface Refusal {
  readonly message: string
  readonly field: string | null
}

export type ActAnswer<P> =
  | { readonly kind: 'done'; readonly payload: P }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'prove'; readonly stepUp: StepUp }

const PROBLEMS: ReadonlyMap<string | undefined, ProblemCode> = new Map([
  ['INSUFFICIENT_SCOPE', 'not_allowed'],
  ['FORBIDDEN', 'not_allowed'],
  ['RATE_LIMITED', 'rate_limited'],
  ['UNAUTHENTICATED', 'session_ended'],
])

function problemOf(error: GraphQLError | undefined): Problem {
  const code = error?.extensions?.code
  return new Problem(PROBLEMS.get(code) ?? 'server_error', code ?? 'no_data')
}

/** What the server wants first, if that is why it refused (RFC 9470). */
export function stepUpOf(errors: readonly GraphQLError[] | undefined): StepUp | null {
  const wanted = errors?.find(({ extensions }) => extensions?.code === 'INSUFFICIENT_USER_AUTHENTICATION')?.extensions
  if (typeof wanted?.maxAge !== 'number') return null
  return { maxAge: wanted.maxAge, ...(wanted.acrValues !== undefined && { acrValues: wanted.acrValues }) }
}

/** What a mutation came to. Throws a Problem for what is neither its payload nor a wish for a better sign-in. */
export function actFrom<P>(answer: GraphQLAnswer, field: string): ActAnswer<P> {
  const stepUp = stepUpOf(answer.errors)
  if (stepUp !== null) return { kind: 'prove', stepUp }
  const payload = (answer.data as Record<string, (P & { errors?: readonly Refusal[] }) | null> | null | undefined)?.[field]
  if (payload == null) throw problemOf(answer.errors?.[0])
  return payload.errors?.length ? { kind: 'refused', refusals: payload.errors } : { kind: 'done', payload }
}

/** What a query tells of the person; a field this sign-in may not see is null and no failure, any other failure is one. */
export function meFrom<M>(answer: GraphQLAnswer): M {
  const me = (answer.data as { me?: M | null } | null | undefined)?.me
  const failed = answer.errors?.find(({ extensions }) => PROBLEMS.get(extensions?.code) !== 'not_allowed')
  if (me == null || failed !== undefined) throw problemOf(failed ?? answer.errors?.[0])
  return me
}

/** Whether somebody typed this username, as the server takes it: whatever its case, with spaces around it. */
export function isSameName(typed: string, username: string): boolean {
  const key = (name: string) => name.trim().normalize('NFKC').toLowerCase()
  return key(typed) === key(username)
}
