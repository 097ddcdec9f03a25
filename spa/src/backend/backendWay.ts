/** Signing in through the backend (`spa/bff`): it keeps the tokens, this page has an HttpOnly cookie it can't read. */

import { answerOf, refusesToken } from '../session/graphql'
import { Problem, asProblem, fromOAuthError } from '../session/problem'
import { stepUpParameters } from '../session/stepUp'
import type { Facts, Way } from '../session/types'

/** What `/bff/session` and `/bff/refresh` answer. */
interface BackendSession {
  readonly authenticated: boolean
  readonly expires_in?: number
  readonly lifetime?: number
  readonly scope?: string
}

/** The header that no form and no foreign page can send; the backend refuses calls without it. */
const MARK = { 'X-Gatehouse-BFF': '1', 'Content-Type': 'application/json' }

export interface BackendWay extends Way {
  readonly name: 'backend'
}

/** The backend, if this page is served by one; null otherwise. */
export async function findBackend(): Promise<BackendWay | null> {
  try {
    const response = await fetch('/bff/session', { headers: { Accept: 'application/json' } })
    const session = (await response.json()) as Partial<BackendSession> // any other answer is no backend's
    return typeof session.authenticated === 'boolean' ? backendWay() : null
  } catch {
    return null
  }
}

function backendWay(): BackendWay {
  const tabs = new BroadcastChannel('gatehouse.backend')
  return {
    name: 'backend',
    facts: async () => factsOf(await read(await fetch('/bff/session', { headers: { Accept: 'application/json' } }))),

    signIn({ silent, stepUp }) {
      const query = new URLSearchParams({
        ...(silent && { prompt: 'none' }),
        ...(stepUp && stepUpParameters(stepUp)),
      }).toString()
      window.location.assign(query === '' ? '/bff/login' : `/bff/login?${query}`)
      return Promise.resolve()
    },

    async refresh() {
      const facts = factsOf(await read(await post('/bff/refresh')))
      if (facts === null) throw new Problem('session_ended')
      tabs.postMessage(facts)
      return facts
    },

    async graphql(request) {
      const response = await post('/bff/graphql', JSON.stringify(request))
      if (refusesToken(response)) throw new Problem('session_ended')
      return answerOf(response)
    },

    async signOut() {
      const { location } = (await (await post('/bff/logout')).json()) as { location: string }
      tabs.postMessage(null)
      return location
    },

    subscribe: (listener) => {
      tabs.onmessage = ({ data }: MessageEvent<Facts | null>) => listener(data)
    },
  }
}

async function post(path: string, body?: string): Promise<Response> {
  const response = await fetch(path, { method: 'POST', headers: MARK, ...(body !== undefined && { body }) })
  if (response.status >= 500) throw new Problem(response.status === 502 ? 'unreachable' : 'server_error')
  return response
}

async function read(response: Response): Promise<BackendSession> {
  if (response.status === 401) return { authenticated: false }
  try {
    return (await response.json()) as BackendSession
  } catch (thrown) {
    throw asProblem(thrown)
  }
}

function factsOf(session: BackendSession): Facts | null {
  if (!session.authenticated) return null
  const left = session.expires_in ?? 0
  return {
    expiresAt: Date.now() + left * 1000,
    lifetime: session.lifetime ?? left,
    scope: session.scope?.split(' ') ?? [],
  }
}

/** The failure that the backend's callback put into the address, if any. */
export function backendProblem(query: string): Problem | null {
  const error = new URLSearchParams(query).get('signin_error')
  if (error === null) return null
  const own = ['unknown_signin', 'issuer_mismatch', 'token_invalid', 'code_rejected', 'unreachable'] as const
  const code = own.find((name) => name === error)
  return code === undefined ? fromOAuthError(/^[a-z_]{1,40}$/.test(error) ? error : 'refused') : new Problem(code)
}
