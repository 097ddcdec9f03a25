// @vitest-environment node
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { trusted } from '../session/graphql'
import { type ProblemCode, Problem } from '../session/problem'
import type { Facts } from '../session/types'
import { Issuer } from '../testing/issuer'
import type { Pending } from './oauth'
import { Vault } from './vault'

const OK = { documentId: 'sha256:ok' }

let issuer: Issuer
let vault: Vault
let heard: (Facts | null)[]

beforeEach(async () => {
  issuer = await Issuer.create()
  vi.stubGlobal('fetch', issuer.fetch)
  heard = []
  vault = new Vault(issuer.config, (facts) => heard.push(facts))
})

async function begin(): Promise<Pending> {
  const { pending } = await vault.begin(false)
  issuer.nonce = pending.nonce
  return pending
}

const answer = (pending: Pending, parameters: Record<string, string> = {}) =>
  `?${new URLSearchParams({ code: 'c', state: pending.state, iss: issuer.config.AUTH_SERVER_URL, ...parameters })}`

async function signIn(): Promise<Facts> {
  const pending = await begin()
  return vault.redeem(answer(pending), pending)
}

async function problemOf(action: Promise<unknown>): Promise<ProblemCode> {
  const thrown: unknown = await action.catch((error: unknown) => error)
  if (!(thrown instanceof Problem)) throw new Error(`no problem: ${String(thrown)}`)
  return thrown.code
}

describe('asking', () => {
  it('asks for a code with PKCE S256, state and nonce, and silently only when told to', async () => {
    const { url, pending } = await vault.begin(false)
    const parameters = Object.fromEntries(new URL(url).searchParams)
    expect(parameters).toMatchObject({
      response_type: 'code',
      client_id: 'spa',
      redirect_uri: 'http://localhost:3000/callback',
      scope: 'openid profile email roles account:read account:write',
      state: pending.state,
      nonce: pending.nonce,
      code_challenge_method: 'S256',
    })
    expect(parameters['code_challenge']).toHaveLength(43)
    expect(parameters['prompt']).toBeUndefined()
    expect(new URL((await vault.begin(true)).url).searchParams.get('prompt')).toBe('none')
  })

  it('asks for as fresh and as strong a sign-in as was wanted, and otherwise for neither', async () => {
    const wanted = new URL((await vault.begin(false, { maxAge: 300, acrValues: 'aal2' })).url).searchParams
    expect([wanted.get('max_age'), wanted.get('acr_values')]).toEqual(['300', 'aal2'])
    const fresh = new URL((await vault.begin(false, { maxAge: 300 })).url).searchParams
    expect([fresh.get('max_age'), fresh.has('acr_values')]).toEqual(['300', false])
    expect(new URL((await vault.begin(false)).url).searchParams.has('max_age')).toBe(false)
  })
})

describe('the answer', () => {
  it('is exchanged, and pages hear facts without a token', async () => {
    const facts = await signIn()
    expect(facts).toMatchObject({ lifetime: 600, scope: ['openid', 'profile'] })
    expect(heard).toEqual([facts])
    expect(JSON.stringify(facts)).not.toMatch(/access|refresh|eyJ/)
  })

  it.each<[string, Record<string, string>, ProblemCode]>([
    ['of another issuer', { iss: 'http://localhost:9999' }, 'issuer_mismatch'],
    ['of no issuer', { iss: '' }, 'issuer_mismatch'],
    ['of another issuer, though an error', { iss: 'http://evil.example', error: 'access_denied' }, 'issuer_mismatch'],
    ['with another state', { state: 'other' }, 'unknown_signin'],
    ['that is a no', { error: 'access_denied' }, 'access_denied'],
    ['that needs a person', { error: 'login_required' }, 'interaction_required'],
  ])('%s is refused before any code is sent', async (_, parameters, code) => {
    const pending = await begin()
    expect(await problemOf(vault.redeem(answer(pending, parameters), pending))).toBe(code)
    expect(issuer.requests('/o/token/')).toEqual([])
    expect(await vault.facts()).toBeNull()
  })

  it.each<[string, () => void]>([
    ['another nonce', () => (issuer.nonce = 'other')],
    ['another issuer', () => (issuer.misbehaviour.claims = { iss: 'http://localhost:9999' })],
    ['another audience', () => (issuer.misbehaviour.claims = { aud: 'bff' })],
    ['a past end', () => (issuer.misbehaviour.claims = { exp: Math.floor(Date.now() / 1000) - 120 })],
    ['a signature by another key', () => (issuer.misbehaviour.foreignKey = true)],
  ])('whose ID token has %s is thrown away', async (_, misbehave) => {
    const pending = await begin()
    misbehave()
    expect(await problemOf(vault.redeem(answer(pending), pending))).toBe('token_invalid')
    expect(await vault.facts()).toBeNull()
  })

  it('whose code is no longer good says so', async () => {
    const pending = await begin()
    issuer.misbehaviour.refuse = { status: 400, error: 'invalid_grant' }
    expect(await problemOf(vault.redeem(answer(pending), pending))).toBe('code_rejected')
  })

  it('of a second sign-in ends the first family', async () => {
    await signIn()
    await signIn()
    expect(issuer.requests('/o/revoke_token/')).toEqual([expect.stringContaining('token=refresh-1')])
  })
})

describe('renewing', () => {
  it('turns the refresh token once for all who ask at the same time', async () => {
    await signIn()
    await Promise.all(Array.from({ length: 10 }, () => vault.refresh()))
    expect(issuer.requests('/o/token/').filter((request) => request.includes('refresh-1'))).toHaveLength(1)
  })

  it('uses the successor the next time', async () => {
    await signIn()
    await vault.refresh()
    await vault.refresh()
    expect(issuer.requests('/o/token/').at(-1)).toContain('refresh_token=refresh-2')
  })

  it('asks again with the same token when the answer was lost', async () => {
    await signIn()
    issuer.misbehaviour.loseAnswers = 1
    await vault.refresh()
    expect(issuer.requests('/o/token/').slice(1)).toEqual([
      expect.stringContaining('refresh-1'),
      expect.stringContaining('refresh-1'),
    ])
  })

  it('keeps what it has while the server is away', async () => {
    const facts = await signIn()
    issuer.misbehaviour.loseAnswers = 2
    expect(await problemOf(vault.refresh())).toBe('unreachable')
    expect(await vault.facts()).toEqual(facts)
  })

  it('forgets everything when the family has ended', async () => {
    await signIn()
    issuer.misbehaviour.refuse = { status: 400, error: 'invalid_grant' }
    expect(await problemOf(vault.refresh())).toBe('session_ended')
    expect(heard.at(-1)).toBeNull()
    expect(await problemOf(vault.refresh())).toBe('session_ended')
    expect(issuer.requests('/o/token/')).toHaveLength(2)
  })

  it('refuses tokens of somebody else', async () => {
    await signIn()
    issuer.misbehaviour.claims = { sub: 'somebody else' }
    expect(await problemOf(vault.refresh())).toBe('token_invalid')
  })
})

describe('the key', () => {
  it('proves every token request and every call of the API, by one public key', async () => {
    await signIn()
    await vault.refresh()
    await vault.graphql(OK)
    expect(issuer.proofs.map(({ claims }) => [claims['htm'], claims['htu'], 'ath' in claims])).toEqual([
      ['POST', 'http://localhost:8000/o/token/', false],
      ['POST', 'http://localhost:8000/o/token/', false],
      ['POST', 'http://localhost:8000/graphql', true],
    ])
    expect(new Set(issuer.proofs.map(({ jwk }) => JSON.stringify(jwk))).size).toBe(1)
    expect(new Set(issuer.proofs.map(({ claims }) => claims['jti'])).size).toBe(3)
    expect(JSON.stringify(issuer.proofs[0]?.jwk)).not.toMatch(/"d"/)
  })

  it('is made so that it can not be exported', async () => {
    const generate = vi.spyOn(crypto.subtle, 'generateKey')
    await signIn()
    expect(generate.mock.calls.map(([, extractable]) => extractable)).toEqual([false])
    const keys = (await generate.mock.results[0]?.value) as CryptoKeyPair
    await expect(crypto.subtle.exportKey('jwk', keys.privateKey)).rejects.toThrow()
    generate.mockRestore()
  })

  it('is another one in another vault', async () => {
    await signIn()
    vault = new Vault(issuer.config, () => undefined)
    await signIn()
    expect(new Set(issuer.proofs.map(({ jwk }) => JSON.stringify(jwk))).size).toBe(2)
  })

  it('proves anew with the nonce that the server wants, and loses nothing', async () => {
    issuer.misbehaviour.dpopNonce = 'first'
    await signIn()
    issuer.misbehaviour.dpopNonce = 'second'
    expect(await vault.graphql(OK)).toEqual({ data: { ok: true } })
    issuer.misbehaviour.dpopNonce = 'third'
    await vault.refresh()
    expect(issuer.turned).toBe(2)
    expect(issuer.proofs.map(({ claims }) => claims['nonce'])).toEqual(['first', 'second', 'third'])
  })

  it('is no use with a token that is not bound to it', async () => {
    issuer.misbehaviour.tokenType = 'Bearer'
    const pending = await begin()
    expect(await problemOf(vault.redeem(answer(pending), pending))).toBe('token_invalid')
    expect(await vault.facts()).toBeNull()
  })
})

describe('asking the API', () => {
  it('renews once when the token is refused, and believes the second refusal', async () => {
    await signIn()
    issuer.misbehaviour.graphql = [401]
    expect(await vault.graphql(OK)).toEqual({ data: { ok: true } })
    expect(issuer.turned).toBe(2)
    issuer.misbehaviour.graphql = [401, 401]
    expect(await problemOf(vault.graphql(OK))).toBe('session_ended')
    expect(await vault.facts()).toBeNull()
  })

  it('keeps the token where the server wants a fresher sign-in, and hands on what it said', async () => {
    await signIn()
    issuer.misbehaviour.graphql = [401]
    issuer.misbehaviour.challenge = 'DPoP realm="gatehouse", error="insufficient_user_authentication", max_age="300"'
    expect(await vault.graphql(OK)).toEqual({ errors: [{ message: 'no' }] })
    expect(issuer.turned).toBe(1)
    expect(await vault.facts()).not.toBeNull()
  })

  it('renews a token that is about to end before using it', async () => {
    await signIn()
    vi.useFakeTimers({ now: Date.now() + 580_000, toFake: ['Date'] })
    try {
      await vault.graphql(OK)
    } finally {
      vi.useRealTimers()
    }
    expect(issuer.turned).toBe(2)
  })
})

describe('signing out', () => {
  it('forgets first, tells the server, and names the way out', async () => {
    await signIn()
    const leaving = vault.signOut()
    expect(await vault.facts()).toBeNull()
    const url = new URL(await leaving)
    expect(issuer.requests('/graphql')).toEqual([expect.stringContaining(trusted('SignOut').documentId)])
    expect(url.pathname).toBe('/o/logout/')
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe('http://localhost:3000/')
    expect(url.searchParams.get('id_token_hint')).toMatch(/^eyJ/)
  })

  it('revokes the refresh token when the access token is too old to speak', async () => {
    await signIn()
    issuer.misbehaviour.graphql = [401]
    await vault.signOut()
    expect(issuer.requests('/o/revoke_token/')).toEqual([expect.stringContaining('refresh-1')])
  })
})
