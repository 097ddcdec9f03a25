import { expect, it } from 'vitest'
import { Problem } from '../session/problem'
import { actFrom, isSameName, meFrom, stepUpOf } from './answers'
import { sectionOf } from './sections'

const refused = (extensions: object) => ({ data: null, errors: [{ message: 'no', extensions }] })

it('knows when somebody has to prove first who they are, and how', () => {
  const code = 'INSUFFICIENT_USER_AUTHENTICATION'
  expect(stepUpOf(refused({ code, maxAge: 300 }).errors)).toEqual({ maxAge: 300 })
  expect(actFrom(refused({ code, maxAge: 300, acrValues: 'aal2' }), 'x')).toEqual({
    kind: 'prove',
    stepUp: { maxAge: 300, acrValues: 'aal2' },
  })
  expect(stepUpOf(refused({ code: 'FORBIDDEN', maxAge: 300 }).errors)).toBeNull()
  expect(stepUpOf(undefined)).toBeNull()
})

it('tells what was done from what was refused', () => {
  const errors = [{ message: 'No.', field: 'code' }]
  expect(actFrom({ data: { act: { errors: [], token: 't' } } }, 'act')).toMatchObject({ kind: 'done' })
  expect(actFrom({ data: { act: { errors } } }, 'act')).toEqual({ kind: 'refused', refusals: errors })
})

it.each([
  ['INSUFFICIENT_SCOPE', 'not_allowed'],
  ['RATE_LIMITED', 'rate_limited'],
  ['INTERNAL_ERROR', 'server_error'],
])('%s is a problem with words', (code, problem) => {
  const thrown = (() => {
    try {
      return actFrom(refused({ code }), 'act')
    } catch (error) {
      return error
    }
  })()
  expect(thrown).toBeInstanceOf(Problem)
  expect(thrown).toMatchObject({ code: problem })
})

it('shows the rest where one field is not for this sign-in’s eyes', () => {
  const errors = [{ message: 'no', extensions: { code: 'INSUFFICIENT_SCOPE' } }]
  expect(meFrom({ data: { me: { sessions: null } }, errors })).toEqual({ sessions: null })
  expect(() => meFrom({ data: { me: { sessions: null } }, errors: [{ message: 'x' }] })).toThrow(Problem)
  expect(() => meFrom({ data: { me: null } })).toThrow(Problem)
})

it('opens no section by a name that only objects have', () => {
  expect([sectionOf('#sessions'), sectionOf('#toString'), sectionOf('')]).toEqual(['sessions', 'overview', 'overview'])
})

it.each([
  ['alice', true],
  [' ALICE ', true],
  ['\uff41lice', true],
  ['', false],
  ['alic', false],
  ['bob', false],
])('takes %j for alice: %s', (typed, same) => {
  expect(isSameName(typed, 'Alice')).toBe(same)
})
