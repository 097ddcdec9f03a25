/**
 * The one state of this page and everything that changes it. React only reads it (`useSession.ts`): it runs outside
 * of components, so that nothing here happens twice because something was rendered twice.
 */

import { type BackendWay, backendProblem, findBackend } from '../backend/backendWay'
import { type BrowserWay, browserWay } from '../browser/browserWay'
import { type Config, loadConfig } from '../config'
import type { GraphQLAnswer, GraphQLRequest } from './graphql'
import {
  type Return,
  askSilently,
  leaveNotice,
  leaveReturn,
  mayAskSilently,
  onForgotten,
  rememberWay,
  rememberedWay,
  takeNotice,
} from './memory'
import { Problem, asProblem } from './problem'
import type { StepUp } from './stepUp'
import type { Facts, Notice, SessionState, Way, WayName } from './types'

type Ways = { config: Config; browser: BrowserWay; backend: BackendWay | null }

export class Session {
  #state: SessionState = { kind: 'starting' }
  #ways: Ways | null = null
  readonly #listeners = new Set<() => void>()

  // -- read ------------------------------------------------------------------------------------------------------

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  readonly state = (): SessionState => this.#state

  /** Whether a backend serves this page, so that its way can be offered. */
  readonly hasBackend = (): boolean => this.#ways?.backend != null

  // -- change ----------------------------------------------------------------------------------------------------

  /** Finds out who is signed in: the callback's answer, what another tab or the backend holds, or a silent asking. */
  async start(address: URL): Promise<void> {
    this.#set({ kind: 'starting' })
    try {
      this.#ways ??= await this.#findWays()
      await this.#arrive(address, this.#ways)
    } catch (thrown) {
      this.#fail(asProblem(thrown))
    }
  }

  async signIn(name: WayName): Promise<void> {
    const way = this.#way(name)
    this.#set({ kind: 'signing-in', way: name })
    try {
      await way.signIn({ silent: false })
    } catch (thrown) {
      this.#fail(asProblem(thrown))
    }
  }

  /** Leaves to prove who one is, freshly or more strongly, and says where to go on afterwards. */
  async proveIt(stepUp: StepUp, to: Return): Promise<void> {
    const state = this.#state
    if (state.kind !== 'signed-in') return
    leaveReturn(to)
    this.#set({ kind: 'signing-in', way: state.way.name })
    try {
      await state.way.signIn({ silent: false, stepUp })
    } catch (thrown) {
      this.#fail(asProblem(thrown))
    }
  }

  /** Renews the access token now. A failure that leaves the session alone is thrown to whoever asked. */
  async refresh(): Promise<void> {
    const state = this.#state
    if (state.kind !== 'signed-in' || state.refreshing) return
    this.#set({ ...state, refreshing: true })
    try {
      this.#signedIn(state.way, await state.way.refresh())
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.code === 'session_ended') this.#signedOut('session-ended')
      else if (this.#state.kind === 'signed-in') this.#set({ ...this.#state, refreshing: false })
      throw problem
    }
  }

  /** Asks the server as whoever is signed in. */
  async graphql(request: GraphQLRequest): Promise<GraphQLAnswer> {
    const state = this.#state
    if (state.kind !== 'signed-in') throw new Problem('session_ended')
    try {
      return await state.way.graphql(request)
    } catch (thrown) {
      const problem = asProblem(thrown)
      if (problem.code === 'session_ended') this.#signedOut('session-ended')
      throw problem
    }
  }

  /** Ends it here first, then at the server, and leaves for the server's end-session endpoint. */
  async signOut(): Promise<void> {
    const state = this.#state
    if (state.kind !== 'signed-in') return
    this.#set({ kind: 'signing-out' })
    rememberWay(null)
    try {
      const next = await state.way.signOut()
      leaveNotice('signed-out')
      window.location.assign(next)
    } catch {
      this.#signedOut('signed-out-here-only')
    }
  }

  /** Forgets here what the server has ended by closing the account, which is kept by signing in before `until`. */
  async closed(until: string): Promise<void> {
    const state = this.#state
    if (state.kind !== 'signed-in') return
    this.#set({ kind: 'signing-out' })
    rememberWay(null)
    await state.way.signOut().catch(() => undefined) // nothing of it is good for anything any more
    this.#set({ kind: 'signed-out', notice: 'account-closed', until })
  }

  // -- inside ----------------------------------------------------------------------------------------------------

  async #findWays(): Promise<Ways> {
    const [config, backend] = await Promise.all([loadConfig(), findBackend()])
    const browser = await browserWay(config)
    for (const way of backend === null ? [browser] : [browser, backend]) {
      way.subscribe((facts) => this.#changedElsewhere(way, facts))
    }
    onForgotten(() => {
      void browser.forget()
      // Its tokens may have gone before its word arrived, and then it looked as if the session had ended.
      const state = this.#state
      const mistaken = state.kind === 'signed-out' && state.notice === 'session-ended'
      if (state.kind === 'signed-in' || mistaken) this.#signedOut('signed-out')
    })
    return { config, browser, backend }
  }

  async #arrive(address: URL, { config, browser, backend }: Ways): Promise<void> {
    if (address.pathname === new URL(config.REDIRECT_URI).pathname && address.search !== '') {
      this.#set({ kind: 'signing-in', way: 'browser' })
      return this.#signedIn(browser, await browser.complete(address.search))
    }
    const refused = backendProblem(address.search)
    if (refused !== null) throw refused
    for (const way of [browser, backend]) {
      const facts = await way?.facts()
      if (way != null && facts != null) return this.#signedIn(way, facts)
    }
    const remembered = rememberedWay()
    const way = remembered === 'backend' ? backend : remembered === 'browser' ? browser : null
    // Once a tab: if the answer is that somebody must sign in, the way back must not lead here again.
    if (way === null || !askSilently()) return this.#signedOut(takeNotice())
    this.#set({ kind: 'signing-in', way: way.name })
    await way.signIn({ silent: true })
  }

  #way(name: WayName): Way {
    const way = name === 'backend' ? this.#ways?.backend : this.#ways?.browser
    if (way == null) throw new Problem('server_error', 'no_such_way')
    return way
  }

  #changedElsewhere(way: Way, facts: Facts | null): void {
    const state = this.#state
    if (facts !== null) {
      // A page on its way to the sign-in leaves; one that just sits there joins in.
      if (state.kind === 'signed-out' || (state.kind === 'signed-in' && state.way.name === way.name)) {
        this.#signedIn(way, facts)
      }
    } else if (state.kind === 'signed-in' && state.way.name === way.name) {
      this.#signedOut(rememberedWay() === null ? 'signed-out' : 'session-ended')
    }
  }

  #signedIn(way: Way, facts: Facts): void {
    rememberWay(way.name)
    mayAskSilently()
    this.#set({ kind: 'signed-in', way, facts, refreshing: false })
  }

  #signedOut(notice?: Notice): void {
    this.#set(notice === undefined ? { kind: 'signed-out' } : { kind: 'signed-out', notice })
  }

  #fail(problem: Problem): void {
    if (problem.code === 'interaction_required') {
      // A silent asking that needs a person is no failure: it means nobody is signed in.
      rememberWay(null)
      this.#signedOut(takeNotice())
    } else this.#set({ kind: 'error', problem })
  }

  #set(state: SessionState): void {
    this.#state = state
    this.#listeners.forEach((listener) => listener())
  }
}
