/**
 * The protocol, as this client speaks it: code flow with PKCE S256, rotating refresh tokens, all of them bound to a key
 * (DPoP, RFC 9449), RP-initiated logout.
 *
 * oauth4webapi and not oidc-client-ts: it is a set of functions on `fetch` and WebCrypto, so that it runs inside a
 * worker, where there is neither window nor storage; and it checks `iss` (RFC 9207) and the ID token's signature.
 */

import * as oauth from 'oauth4webapi'
import { type Config, SCOPE } from '../config'
import { Problem, asProblem, fromOAuthError } from '../session/problem'
import { type StepUp, stepUpParameters } from '../session/stepUp'

/** A request may take this long before it counts as unanswered. */
const TIMEOUT_MS = 15_000

/** What must be remembered of an authorization request until its answer comes. */
export interface Pending {
  readonly state: string
  readonly nonce: string
  readonly verifier: string
  readonly silent: boolean
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | undefined
  readonly idToken: string
  readonly subject: string
  readonly scope: readonly string[]
  /** Seconds the access token lives, as the server said. */
  readonly lifetime: number
  /** Milliseconds since the epoch by this device's clock. */
  readonly expiresAt: number
}

/** What every request of ours has. */
interface Options {
  readonly [oauth.allowInsecureRequests]: boolean
  readonly signal: () => AbortSignal
}

export class Protocol {
  readonly #config: Config
  readonly #client: oauth.Client
  #metadata: Promise<oauth.AuthorizationServer> | null = null
  #proving: Promise<oauth.DPoPHandle> | null = null

  constructor(config: Config) {
    this.#config = config
    this.#client = { client_id: config.OAUTH_CLIENT_ID, id_token_signed_response_alg: 'ES256' }
  }

  get #options(): Options {
    // http only where the issuer itself is configured so, which the server allows on loopback alone
    const insecure = this.#config.AUTH_SERVER_URL.startsWith('http:')
    return { [oauth.allowInsecureRequests]: insecure, signal: () => AbortSignal.timeout(TIMEOUT_MS) }
  }

  /** The server's metadata, fetched once; a failure is not remembered. */
  server(): Promise<oauth.AuthorizationServer> {
    this.#metadata ??= this.#discover().catch((thrown: unknown) => {
      this.#metadata = null
      throw thrown
    })
    return this.#metadata
  }

  async #discover(): Promise<oauth.AuthorizationServer> {
    const issuer = new URL(this.#config.AUTH_SERVER_URL)
    const response = await oauth.discoveryRequest(issuer, this.#options)
    const metadata = await oauth.processDiscoveryResponse(issuer, response)
    // A configured issuer without a slash is the identifier itself; URL() adds one to a bare origin.
    if (metadata.issuer.replace(/\/$/, '') !== this.#config.AUTH_SERVER_URL) throw new Problem('issuer_mismatch')
    return metadata
  }

  /** A new authorization request: where to go, and what must be remembered until the answer. */
  async authorizationRequest(silent: boolean, stepUp?: StepUp): Promise<{ url: string; pending: Pending }> {
    const endpoint = required((await this.server()).authorization_endpoint)
    const pending: Pending = {
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
      verifier: oauth.generateRandomCodeVerifier(),
      silent,
      startedAt: Date.now(),
    }
    const url = new URL(endpoint)
    url.search = new URLSearchParams({
      response_type: 'code',
      client_id: this.#config.OAUTH_CLIENT_ID,
      redirect_uri: this.#config.REDIRECT_URI,
      scope: SCOPE,
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
      ...(silent && { prompt: 'none' }),
      ...(stepUp && stepUpParameters(stepUp)),
    }).toString()
    return { url: url.href, pending }
  }

  /** Judges the answer of the authorization endpoint (`iss` first, also on an error) and redeems the code. */
  async redeem(query: string, pending: Pending): Promise<Tokens> {
    const server = await this.server()
    const answer = new URLSearchParams(query)
    if (answer.getAll('iss').join(' ') !== server.issuer) throw new Problem('issuer_mismatch')
    if (answer.getAll('state').join(' ') !== pending.state) throw new Problem('unknown_signin')
    const checked = await refusals(() => oauth.validateAuthResponse(server, this.#client, answer, pending.state))
    const result = await refusals(() =>
      this.#proved(async (options) => {
        const response = await oauth.authorizationCodeGrantRequest(
          server,
          this.#client,
          oauth.None(),
          checked,
          this.#config.REDIRECT_URI,
          pending.verifier,
          options,
        )
        const tokens = await oauth.processAuthorizationCodeResponse(server, this.#client, response, {
          expectedNonce: pending.nonce,
          requireIdToken: true,
        })
        await oauth.validateApplicationLevelSignature(server, response, this.#options)
        return tokens
      }),
    )
    return tokensFrom(result)
  }

  /** Turns the refresh token once. Rejects with `session_ended` when the server no longer knows it. */
  async refresh(held: Tokens): Promise<Tokens> {
    if (held.refreshToken === undefined) throw new Problem('session_ended')
    const server = await this.server()
    const { refreshToken } = held
    const result = await refusals(
      () =>
        this.#proved(async (options) => {
          const response = await oauth.refreshTokenGrantRequest(
            server,
            this.#client,
            oauth.None(),
            refreshToken,
            options,
          )
          const tokens = await oauth.processRefreshTokenResponse(server, this.#client, response)
          if (tokens.id_token !== undefined) {
            await oauth.validateApplicationLevelSignature(server, response, this.#options)
          }
          return tokens
        }),
      'session_ended',
    )
    return tokensFrom(result, held)
  }

  /** Ends a family whose access token can no longer speak for itself (RFC 7009). */
  async revoke(refreshToken: string): Promise<void> {
    const response = await oauth.revocationRequest(
      await this.server(),
      this.#client,
      oauth.None(),
      refreshToken,
      this.#options,
    )
    await oauth.processRevocationResponse(response)
  }

  /** Where the browser ends its session at the server (OIDC RP-Initiated Logout 1.0). */
  async endSessionUrl(idToken: string, postLogoutUri: string): Promise<string> {
    const url = new URL(required((await this.server()).end_session_endpoint))
    url.searchParams.set('id_token_hint', idToken)
    url.searchParams.set('client_id', this.#config.OAUTH_CLIENT_ID)
    url.searchParams.set('post_logout_redirect_uri', postLogoutUri)
    return url.href
  }

  /** Asks the server's GraphQL endpoint, with the token and a proof attached; a refusal is an answer too. */
  async graphql(accessToken: string, body: string): Promise<Response> {
    const url = new URL(`${this.#config.AUTH_SERVER_URL}/graphql`)
    const headers = new Headers({
      Accept: 'application/graphql-response+json, application/json;q=0.9',
      'Content-Type': 'application/json',
    })
    try {
      return await this.#proved((options) =>
        oauth.protectedResourceRequest(accessToken, 'POST', url, headers, body, {
          ...options,
          [oauth.customFetch]: (address, init) => fetch(address, { ...init, body, credentials: 'omit' }),
        }),
      )
    } catch (thrown) {
      if (thrown instanceof oauth.WWWAuthenticateChallengeError) return thrown.response
      throw thrown
    }
  }

  /** Sends something with a proof of the key; once more where the server wants another nonce in it (RFC 9449 §8, §9). */
  async #proved<T>(send: (options: Options & { DPoP: oauth.DPoPHandle }) => Promise<T>): Promise<T> {
    const options = { ...this.#options, DPoP: await this.#prover() }
    try {
      return await send(options)
    } catch (thrown) {
      if (!oauth.isDPoPNonceError(thrown)) throw thrown
      return send(options)
    }
  }

  /** The key that every token here is bound to. It can't be exported, and is in no storage: it ends with the tokens. */
  #prover(): Promise<oauth.DPoPHandle> {
    this.#proving ??= oauth.generateKeyPair('ES256').then((keys) => oauth.DPoP(this.#client, keys))
    return this.#proving
  }
}

/** The tokens of an answer; what a refresh leaves out stays as it was. */
function tokensFrom(result: oauth.TokenEndpointResponse, before?: Tokens): Tokens {
  const subject = oauth.getValidatedIdTokenClaims(result)?.sub ?? before?.subject
  const idToken = result.id_token ?? before?.idToken
  if (result.token_type !== 'dpop' || subject === undefined || idToken === undefined) {
    throw new Problem('token_invalid')
  }
  // OIDC Core §12.2: a refreshed ID token names the same person
  if (before !== undefined && subject !== before.subject) throw new Problem('token_invalid')
  const lifetime = result.expires_in ?? 0
  return {
    accessToken: result.access_token,
    refreshToken: result.refresh_token ?? before?.refreshToken,
    idToken,
    subject,
    scope: result.scope?.split(' ') ?? before?.scope ?? SCOPE.split(' '),
    lifetime,
    expiresAt: Date.now() + lifetime * 1000,
  }
}

/** Runs a check of oauth4webapi's and gives its refusals our names; `rejected` is what `invalid_grant` means here. */
async function refusals<T>(check: () => T | Promise<T>, rejected: 'code_rejected' | 'session_ended' = 'code_rejected') {
  try {
    return await check()
  } catch (thrown) {
    if (thrown instanceof oauth.AuthorizationResponseError) throw fromOAuthError(thrown.error)
    if (thrown instanceof oauth.ResponseBodyError) {
      throw thrown.error === 'invalid_grant' ? new Problem(rejected) : fromOAuthError(thrown.error)
    }
    if (thrown instanceof oauth.OperationProcessingError || thrown instanceof oauth.UnsupportedOperationError) {
      throw new Problem(thrown.code === oauth.RESPONSE_IS_NOT_CONFORM ? 'server_error' : 'token_invalid', thrown.code, {
        cause: thrown,
      })
    }
    throw asProblem(thrown)
  }
}

function required(endpoint: string | undefined): string {
  if (endpoint === undefined) throw new Problem('server_error', 'missing_metadata')
  return endpoint
}
