/**
 * Holds the tokens, in memory only, and does with them what pages ask. Lives in the SharedWorker, once for all tabs;
 * where there is none, in the page. Pages get facts and answers, never a token, except the ID token inside the
 * address that ends the session (that is what `id_token_hint` is).
 */

import { type Config, postLogoutUri } from '../config'
import { type GraphQLAnswer, type GraphQLRequest, answerOf, refusesToken, trusted } from '../session/graphql'
import { renewAt } from '../session/lifetime'
import { Problem, asProblem } from '../session/problem'
import type { StepUp } from '../session/stepUp'
import type { Facts } from '../session/types'
import { type Pending, Protocol, type Tokens } from './oauth'

/** What a page may ask of the vault; the same whether it is here or in the worker. */
export interface VaultApi {
  facts(): Promise<Facts | null>
  begin(silent: boolean, stepUp?: StepUp): Promise<{ url: string; pending: Pending }>
  redeem(query: string, pending: Pending): Promise<Facts>
  refresh(): Promise<Facts>
  graphql(request: GraphQLRequest): Promise<GraphQLAnswer>
  signOut(): Promise<string>
  /** Drops what is held without a word to the server. */
  forget(): Promise<void>
}

const RETRY_AFTER_MS = 500
/** `sign_out.graphql` */
const SIGN_OUT = trusted('SignOut')

export class Vault implements VaultApi {
  readonly #config: Config
  readonly #protocol: Protocol
  readonly #announce: (facts: Facts | null) => void
  #tokens: Tokens | null = null
  #turning: Promise<Tokens> | null = null

  /** `announce` hears of every change of what is held. */
  constructor(config: Config, announce: (facts: Facts | null) => void) {
    this.#config = config
    this.#protocol = new Protocol(config)
    this.#announce = announce
  }

  facts(): Promise<Facts | null> {
    return Promise.resolve(this.#tokens && factsOf(this.#tokens))
  }

  begin(silent: boolean, stepUp?: StepUp): Promise<{ url: string; pending: Pending }> {
    return this.#protocol.authorizationRequest(silent, stepUp)
  }

  async redeem(query: string, pending: Pending): Promise<Facts> {
    const tokens = await this.#protocol.redeem(query, pending)
    const before = this.#tokens?.refreshToken
    this.#hold(tokens)
    // Two tabs signed in at once: one family is enough, and nobody would ever end the other.
    if (before !== undefined) await this.#protocol.revoke(before).catch(() => undefined)
    return factsOf(tokens)
  }

  async refresh(): Promise<Facts> {
    return factsOf(await this.#turn())
  }

  async graphql(request: GraphQLRequest): Promise<GraphQLAnswer> {
    const body = JSON.stringify(request)
    let tokens = await this.#fresh()
    let response = await this.#protocol.graphql(tokens.accessToken, body)
    if (refusesToken(response)) {
      tokens = await this.#turn()
      response = await this.#protocol.graphql(tokens.accessToken, body)
    }
    if (refusesToken(response)) {
      this.#hold(null)
      throw new Problem('session_ended')
    }
    return answerOf(response)
  }

  async signOut(): Promise<string> {
    const tokens = this.#tokens
    this.#hold(null)
    if (tokens === null) return postLogoutUri(this.#config)
    if (!(await this.#logout(tokens.accessToken)) && tokens.refreshToken !== undefined) {
      await this.#protocol.revoke(tokens.refreshToken)
    }
    return this.#protocol.endSessionUrl(tokens.idToken, postLogoutUri(this.#config))
  }

  forget(): Promise<void> {
    if (this.#tokens !== null) this.#hold(null)
    return Promise.resolve()
  }

  /** Asks the server to end family and session; false if the access token was too old to ask. */
  async #logout(accessToken: string): Promise<boolean> {
    return (await this.#protocol.graphql(accessToken, JSON.stringify(SIGN_OUT))).ok
  }

  async #fresh(): Promise<Tokens> {
    if (this.#tokens === null) throw new Problem('session_ended')
    return Date.now() < renewAt(this.#tokens) ? this.#tokens : this.#turn()
  }

  /** One turn at a time: whoever asks while one is under way gets its outcome. */
  #turn(): Promise<Tokens> {
    this.#turning ??= this.#turnOnce().finally(() => {
      this.#turning = null
    })
    return this.#turning
  }

  async #turnOnce(): Promise<Tokens> {
    const held = this.#tokens
    if (held === null) throw new Problem('session_ended')
    try {
      const turned = await this.#protocol.refresh(held).catch(async (thrown: unknown) => {
        // The answer may have been lost after the turn; within its grace the server gives the same successor again.
        if (asProblem(thrown).code !== 'unreachable') throw thrown
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS))
        return this.#protocol.refresh(held)
      })
      if (this.#tokens === held) this.#hold(turned)
      if (this.#tokens === null) throw new Problem('session_ended') // signed out meanwhile
      return this.#tokens
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.code === 'session_ended' && this.#tokens === held) this.#hold(null)
      throw problem
    }
  }

  #hold(tokens: Tokens | null): void {
    this.#tokens = tokens
    this.#announce(tokens && factsOf(tokens))
  }
}

function factsOf(tokens: Tokens): Facts {
  return { expiresAt: tokens.expiresAt, lifetime: tokens.lifetime, scope: tokens.scope }
}
