import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keepFresh } from './renewal'
import type { Session } from './session'
import type { SessionState, Way } from './types'

const way = { name: 'browser' } as Way
let stop: () => void

beforeEach(() => vi.useFakeTimers())

afterEach(() => {
  stop()
  vi.useRealTimers()
  vi.restoreAllMocks()
})

/** A session that is signed in with a token of ten minutes, and what renews it. */
function watched(refresh: (renewed: () => void) => Promise<void>) {
  const facts = () => ({ expiresAt: Date.now() + 600_000, lifetime: 600, scope: [] })
  let state: SessionState = { kind: 'signed-in', way, facts: facts(), refreshing: false }
  let tell = () => undefined as void
  const asked = vi.fn(() =>
    refresh(() => {
      state = { kind: 'signed-in', way, facts: facts(), refreshing: false }
      tell()
    }),
  )
  stop = keepFresh({
    state: () => state,
    subscribe: (listener: () => void) => {
      tell = listener
      return () => undefined
    },
    refresh: asked,
  } as unknown as Session)
  return { asked, tell: () => tell() }
}

it('renews half a minute before the end, again and again', async () => {
  const { asked } = watched((renewed) => Promise.resolve(renewed()))
  await vi.advanceTimersByTimeAsync(569_000)
  expect(asked).toHaveBeenCalledTimes(0)
  await vi.advanceTimersByTimeAsync(2_000)
  expect(asked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(570_000)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('waits a while after a failure, however often the state changes', async () => {
  const { asked, tell } = watched(() => Promise.reject(new Error('away')))
  await vi.advanceTimersByTimeAsync(570_000)
  expect(asked).toHaveBeenCalledTimes(1)
  for (let change = 0; change < 10; change += 1) tell()
  expect(asked).toHaveBeenCalledTimes(1)
  await vi.advanceTimersByTimeAsync(15_000)
  expect(asked).toHaveBeenCalledTimes(2)
})

it('leaves a token alone while nobody looks, and renews when somebody does', async () => {
  const { asked } = watched((renewed) => Promise.resolve(renewed()))
  const visibility = vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden')
  await vi.advanceTimersByTimeAsync(700_000)
  expect(asked).toHaveBeenCalledTimes(0)
  visibility.mockReturnValue('visible')
  document.dispatchEvent(new Event('visibilitychange'))
  await vi.advanceTimersByTimeAsync(0)
  expect(asked).toHaveBeenCalledTimes(1)
})
