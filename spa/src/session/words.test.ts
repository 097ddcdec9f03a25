import { expect, it } from 'vitest'
import { fromOAuthError } from './problem'
import { clock, sentenceOf, spoken, wordsFor } from './words'

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

it('says until when a closed account can be kept', () => {
  const until = '2026-12-11T12:00:00Z'
  const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'long' }).format(new Date(until))
  expect(sentenceOf('account-closed', until)).toContain(day)
  expect(sentenceOf('session-ended', until)).toBe('Your session has ended. Sign in again to go on.')
})
