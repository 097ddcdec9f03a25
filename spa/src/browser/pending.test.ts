import { beforeEach, expect, it, vi } from 'vitest'
import type { Pending } from './oauth'
import { MAX_AGE_MS, keep, take } from './pending'

const pending: Pending = { state: 's', nonce: 'n', verifier: 'v', silent: false, startedAt: Date.now() }

beforeEach(() => sessionStorage.clear())

it('gives a sign-in out once', () => {
  keep(pending)
  expect(take('s')).toEqual(pending)
  expect(take('s')).toBeNull()
  expect(sessionStorage).toHaveLength(0)
})

it('keeps two sign-ins apart', () => {
  keep(pending)
  keep({ ...pending, state: 't' })
  expect(take('unknown')).toBeNull()
  expect(take('t')?.state).toBe('t')
  expect(take('s')?.state).toBe('s')
})

it('forgets one that took too long, and what it cannot read', () => {
  keep(pending)
  sessionStorage.setItem('gatehouse.signin.broken', '{')
  vi.useFakeTimers({ now: Date.now() + MAX_AGE_MS + 1 })
  try {
    expect(take('s')).toBeNull()
  } finally {
    vi.useRealTimers()
  }
  expect(sessionStorage).toHaveLength(0)
})
