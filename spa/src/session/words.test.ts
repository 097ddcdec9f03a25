import { expect, it } from 'vitest'
import { fromOAuthError } from './problem'
import { clock, spoken, wordsFor } from './words'

it('tells time to eyes and ears', () => {
  expect([600, 65, 9, 0].map(clock)).toEqual(['10:00', '1:05', '0:09', '0:00'])
  expect([600, 65, 61, 1, 0].map(spoken)).toEqual([
    '10 minutes',
    '1 minute 5 seconds',
    '1 minute 1 second',
    '1 second',
    '0 seconds',
  ])
})

it('has words for every error of the server, also for those it never heard of', () => {
  for (const error of ['access_denied', 'invalid_scope', 'temporarily_unavailable', 'made_up']) {
    expect(wordsFor(fromOAuthError(error)).title).not.toBe('')
  }
})
