/** Signing in with tokens in this browser's memory: the vault's side of a `Way`. */

import type { Config } from '../config'
import { Problem } from '../session/problem'
import type { Facts, Way } from '../session/types'
import { connectVault } from './connect'
import { keep, take } from './pending'
import type { VaultApi } from './vault'

export interface BrowserWay extends Way {
  readonly name: 'browser'
  /**
   * Finishes a sign-in with the query of the callback's address. Each answer can be taken once; a second attempt
   * rejects with `unknown_signin`.
   */
  complete(query: string): Promise<Facts>
  /** Drops the tokens that are held; used when another tab signed out. */
  forget(): Promise<void>
}

export async function browserWay(config: Config): Promise<BrowserWay> {
  const listeners = new Set<(facts: Facts | null) => void>()
  const vault: VaultApi = await connectVault(config, (facts) => listeners.forEach((listener) => listener(facts)))
  return {
    name: 'browser',
    facts: () => vault.facts(),
    refresh: () => vault.refresh(),
    graphql: (request) => vault.graphql(request),
    signOut: () => vault.signOut(),
    forget: () => vault.forget(),
    subscribe: (listener) => void listeners.add(listener),

    async signIn({ silent, stepUp }) {
      const { url, pending } = await vault.begin(silent, stepUp)
      keep(pending)
      window.location.assign(url)
    },

    async complete(query) {
      const pending = take(new URLSearchParams(query).get('state') ?? '')
      if (pending === null) throw new Problem('unknown_signin')
      return vault.redeem(query, pending)
    },
  }
}
