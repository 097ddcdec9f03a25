/** What the two ways of signing in have in common; the pages know nothing else. */

import type { GraphQLAnswer, GraphQLRequest } from './graphql'
import type { Problem } from './problem'
import type { StepUp } from './stepUp'

export type WayName = 'browser' | 'backend'

/** What a page may know of its tokens: never the tokens. */
export interface Facts {
  /** When the access token ends, in milliseconds since the epoch by this device's clock. */
  readonly expiresAt: number
  /** How long it lived when it was issued, in seconds. */
  readonly lifetime: number
  readonly scope: readonly string[]
}

/** One way of being signed in. Every method may reject with a `Problem`. */
export interface Way {
  readonly name: WayName
  /** What is held now, or null; asks nobody for anything new. */
  facts(): Promise<Facts | null>
  /**
   * Leaves the page for the sign-in; `silent` asks for an answer without any interaction (`prompt=none`), `stepUp` for
   * a fresher or stronger sign-in than there is.
   */
  signIn(options: { silent: boolean; stepUp?: StepUp }): Promise<void>
  refresh(): Promise<Facts>
  graphql(request: GraphQLRequest): Promise<GraphQLAnswer>
  /** Forgets first, tells the server, and answers where the browser must go to end the session there too. */
  signOut(): Promise<string>
  /** Called when what is held changed without this page asking: another tab, or the server's refusal. */
  subscribe(listener: (facts: Facts | null) => void): void
}

export type SessionState =
  | { readonly kind: 'starting' }
  | { readonly kind: 'signing-in'; readonly way: WayName }
  | { readonly kind: 'signing-out' }
  | { readonly kind: 'signed-out'; readonly notice?: Notice; readonly until?: string }
  | { readonly kind: 'signed-in'; readonly way: Way; readonly facts: Facts; readonly refreshing: boolean }
  | { readonly kind: 'error'; readonly problem: Problem }

/** Why someone is signed out, where that needs a sentence; `account-closed` comes with the time `until` it can be kept. */
export type Notice = 'signed-out' | 'signed-out-here-only' | 'session-ended' | 'account-closed'
