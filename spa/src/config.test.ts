import { afterEach, expect, it, vi } from 'vitest'
import { AUTH_SERVER_URL, DEFAULTS, OAUTH_CLIENT_ID, REDIRECT_URI, loadConfig, merge, postLogoutUri } from './config'

afterEach(() => vi.unstubAllGlobals())

it('has the documented defaults', () => {
  expect([OAUTH_CLIENT_ID, REDIRECT_URI, AUTH_SERVER_URL]).toEqual([
    'spa',
    'http://localhost:3000/callback',
    'http://localhost:8000',
  ])
})

it('takes what it knows from the overrides, and nothing else', () => {
  const given = { AUTH_SERVER_URL: 'https://id.example/', OAUTH_CLIENT_ID: 7, REDIRECT_URI: '', extra: 'x' }
  expect(merge(given)).toEqual({ ...DEFAULTS, AUTH_SERVER_URL: 'https://id.example' })
  expect(merge(null)).toEqual(DEFAULTS)
})

it.each([
  ['no file', new Response('{"error":"not_found"}', { status: 404, headers: { 'Content-Type': 'application/json' } })],
  ['a page in its place', new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } })],
  ['broken JSON', new Response('{', { headers: { 'Content-Type': 'application/json' } })],
])('stays with the defaults where there is %s', async (_, response) => {
  vi.stubGlobal('fetch', () => Promise.resolve(response))
  expect(await loadConfig()).toEqual(DEFAULTS)
})

it('comes back to the root after signing out', () => {
  expect(postLogoutUri(DEFAULTS)).toBe('http://localhost:3000/')
})
