/** A stand-in for the authorization server, for unit tests: it signs for real and can be told to misbehave. */

import { type Config, DEFAULTS } from '../config'

const encoder = new TextEncoder()

export interface Misbehaviour {
  /** Claims that replace those of the ID token. */
  claims?: Record<string, unknown>
  /** Sign with a key that isn't published under this `kid`. */
  foreignKey?: boolean
  /** What the token endpoint answers instead of tokens. */
  refuse?: { status: number; error: string }
  /** How many of the next token requests get no answer, though the server acted. */
  loseAnswers?: number
  /** The status of GraphQL answers to come, one each; 200 after that. */
  graphql?: number[]
  /** What those that aren't 200 say in `WWW-Authenticate`. */
  challenge?: string
  /** The nonce that a proof must have; whoever has another is told this one. */
  dpopNonce?: string
  /** The kind of token that is given. */
  tokenType?: string
}

export class Issuer {
  readonly config: Config = DEFAULTS
  readonly misbehaviour: Misbehaviour = {}
  /** Every request, as `POST /o/token/ grant_type=…`. */
  readonly seen: string[] = []
  /** What the proofs of good requests said, with their public key. */
  readonly proofs: { jwk: unknown; claims: Record<string, unknown> }[] = []
  nonce = ''
  turned = 0
  readonly #key: CryptoKeyPair
  readonly #foreign: CryptoKeyPair

  private constructor(key: CryptoKeyPair, foreign: CryptoKeyPair) {
    this.#key = key
    this.#foreign = foreign
  }

  static async create(): Promise<Issuer> {
    const generate = () => crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify'])
    return new Issuer(await generate(), await generate())
  }

  /** The requests to one path. */
  requests(path: string): string[] {
    return this.seen.filter((request) => request.includes(` ${path}`))
  }

  readonly fetch = async (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    const url = new URL(input instanceof Request ? input.url : input)
    const body = init?.body instanceof URLSearchParams ? init.body.toString() : String(init?.body ?? '')
    this.seen.push(`${init?.method ?? 'GET'} ${url.pathname} ${body}`)
    const refusal = this.#refuseProof(url.pathname, new Headers(init?.headers).get('dpop'))
    if (refusal !== null) return refusal
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return Response.json(this.#metadata())
      case '/.well-known/jwks.json':
        return Response.json({ keys: [await this.#publicKey()] })
      case '/o/token/':
        return this.#token()
      case '/o/revoke_token/':
        return new Response()
      case '/graphql': {
        const status = this.misbehaviour.graphql?.shift() ?? 200
        const { challenge } = this.misbehaviour
        return Response.json(status === 200 ? { data: { ok: true } } : { errors: [{ message: 'no' }] }, {
          status,
          ...(challenge !== undefined && { headers: { 'WWW-Authenticate': challenge } }),
        })
      }
      default:
        return new Response('not here', { status: 404 })
    }
  }

  #refuseProof(path: string, proof: string | null): Response | null {
    if (path !== '/o/token/' && path !== '/graphql') return null
    const [header, claims] = (proof ?? 'e30.e30').split('.', 2).map(decode) as [{ jwk: unknown }, { nonce?: string }]
    if (proof !== null && claims.nonce === this.misbehaviour.dpopNonce) {
      this.proofs.push({ jwk: header.jwk, claims })
      return null
    }
    const headers = {
      'DPoP-Nonce': this.misbehaviour.dpopNonce ?? '',
      'WWW-Authenticate': 'DPoP error="use_dpop_nonce"',
    }
    return path === '/graphql'
      ? new Response(null, { status: 401, headers })
      : Response.json({ error: 'use_dpop_nonce' }, { status: 400, headers: { 'DPoP-Nonce': headers['DPoP-Nonce'] } })
  }

  #metadata() {
    const issuer = this.config.AUTH_SERVER_URL
    return {
      issuer,
      authorization_endpoint: `${issuer}/o/authorize/`,
      token_endpoint: `${issuer}/o/token/`,
      revocation_endpoint: `${issuer}/o/revoke_token/`,
      end_session_endpoint: `${issuer}/o/logout/`,
      jwks_uri: `${issuer}/.well-known/jwks.json`,
    }
  }

  async #publicKey() {
    return { ...(await crypto.subtle.exportKey('jwk', this.#key.publicKey)), kid: 'k1', use: 'sig', alg: 'ES256' }
  }

  async #token(): Promise<Response> {
    const { refuse } = this.misbehaviour
    if (refuse !== undefined) return Response.json({ error: refuse.error }, { status: refuse.status })
    this.turned += 1
    if ((this.misbehaviour.loseAnswers ?? 0) > 0) {
      this.misbehaviour.loseAnswers = (this.misbehaviour.loseAnswers ?? 0) - 1
      throw new TypeError('Failed to fetch')
    }
    return Response.json({
      access_token: `access-${this.turned}`,
      refresh_token: `refresh-${this.turned}`,
      token_type: this.misbehaviour.tokenType ?? 'DPoP',
      expires_in: 600,
      scope: 'openid profile',
      id_token: await this.#idToken(),
    })
  }

  async #idToken(): Promise<string> {
    const now = Math.floor(Date.now() / 1000)
    const claims = {
      iss: this.config.AUTH_SERVER_URL,
      aud: this.config.OAUTH_CLIENT_ID,
      sub: 'someone',
      iat: now,
      exp: now + 600,
      nonce: this.nonce,
      ...this.misbehaviour.claims,
    }
    const head = `${encode({ alg: 'ES256', kid: 'k1', typ: 'JWT' })}.${encode(claims)}`
    const key = this.misbehaviour.foreignKey ? this.#foreign : this.#key
    const signed = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.privateKey, encoder.encode(head))
    return `${head}.${base64url(new Uint8Array(signed))}`
  }
}

function encode(value: object): string {
  return base64url(encoder.encode(JSON.stringify(value)))
}

function decode(part: string): unknown {
  return JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}
