/**
 * A sign-in under way, kept in this tab's sessionStorage between leaving for the server and coming back.
 * It holds no token: the code verifier is worth nothing without the code, and both are used up together.
 */

import type { Pending } from './oauth'

const PREFIX = 'gatehouse.signin.'
/** As long as the server keeps an authorization request, and no longer. */
export const MAX_AGE_MS = 60 * 60 * 1000

export function keep(pending: Pending, storage: Storage = sessionStorage): void {
  sweep(storage)
  storage.setItem(PREFIX + pending.state, JSON.stringify(pending))
}

/** Takes the sign-in that `state` names, so that nothing can take it a second time; null if there is none. */
export function take(state: string, storage: Storage = sessionStorage): Pending | null {
  sweep(storage)
  const key = PREFIX + state
  const text = storage.getItem(key)
  storage.removeItem(key)
  return text === null ? null : read(text)
}

function sweep(storage: Storage): void {
  for (const key of Object.keys(storage)) {
    if (!key.startsWith(PREFIX)) continue
    const pending = read(storage.getItem(key) ?? '')
    if (pending === null || Date.now() - pending.startedAt > MAX_AGE_MS) storage.removeItem(key)
  }
}

function read(text: string): Pending | null {
  try {
    const value = JSON.parse(text) as Partial<Pending> | null
    const whole =
      typeof value?.state === 'string' &&
      typeof value.nonce === 'string' &&
      typeof value.verifier === 'string' &&
      typeof value.silent === 'boolean' &&
      typeof value.startedAt === 'number'
    return whole ? (value as Pending) : null
  } catch {
    return null
  }
}
