/** What can go wrong, as a closed list; each has its words in `words.ts`. */

export type ProblemCode =
  | 'unreachable'
  | 'access_denied'
  | 'interaction_required'
  | 'unknown_signin'
  | 'issuer_mismatch'
  | 'token_invalid'
  | 'code_rejected'
  | 'session_ended'
  | 'refused'
  | 'too_weak'
  | 'not_allowed'
  | 'rate_limited'
  | 'server_error'

/** A failure with a code to act on and, where the server gave one, its own error name (never its free text). */
export class Problem extends Error {
  override readonly name = 'Problem'
  readonly code: ProblemCode
  readonly detail: string | undefined

  constructor(code: ProblemCode, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? code : `${code}: ${detail}`, options)
    this.code = code
    this.detail = detail
  }
}

const BY_OAUTH_ERROR: ReadonlyMap<string, ProblemCode> = new Map([
  ['access_denied', 'access_denied'],
  ['login_required', 'interaction_required'],
  ['consent_required', 'interaction_required'],
  ['interaction_required', 'interaction_required'],
  ['account_selection_required', 'interaction_required'],
  ['unmet_authentication_requirements', 'too_weak'],
  ['server_error', 'server_error'],
  ['temporarily_unavailable', 'server_error'],
])

/** The problem behind an OAuth error code (RFC 6749 §4.1.2.1, OIDC Core §3.1.2.6). */
export function fromOAuthError(error: string): Problem {
  return new Problem(BY_OAUTH_ERROR.get(error) ?? 'refused', error)
}

/** Anything thrown, as a Problem: what `fetch` throws when there is no answer is `unreachable`. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown
  const timedOut = thrown instanceof DOMException && thrown.name === 'TimeoutError'
  const noAnswer = timedOut || (thrown instanceof TypeError && !('code' in thrown)) // oauth4webapi codes its own
  return new Problem(noAnswer ? 'unreachable' : 'server_error', undefined, { cause: thrown })
}
