import { act, cleanup, render, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { keep } from '../browser/pending'
import { Session } from '../session/session'
import { SessionContext } from '../session/useSession'
import { Issuer } from '../testing/issuer'
import { App } from './App'

let issuer: Issuer

beforeEach(async () => {
  issuer = await Issuer.create()
  vi.stubGlobal('fetch', issuer.fetch)
  // jsdom has an ArrayBuffer of its own, and WebCrypto answers with Node's
  vi.stubGlobal('ArrayBuffer', (await crypto.subtle.digest('SHA-256', new Uint8Array())).constructor)
  localStorage.clear()
  sessionStorage.clear()
})

afterEach(() => {
  cleanup()
  vi.unstubAllGlobals()
})

async function arriveAt(address: string): Promise<Session> {
  const session = new Session()
  render(
    <StrictMode>
      <SessionContext value={session}>
        <App />
      </SessionContext>
    </StrictMode>,
  )
  await act(() => session.start(new URL(address, 'http://localhost:3000')))
  return session
}

function pendingSignIn(): string {
  keep({ state: 'known', nonce: 'n', verifier: 'v'.repeat(43), silent: false, startedAt: Date.now() })
  issuer.nonce = 'n'
  return `/callback?${new URLSearchParams({ code: 'c', state: 'known', iss: issuer.config.AUTH_SERVER_URL })}`
}

it('offers one way where there is no backend', async () => {
  await arriveAt('/')
  expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['Sign in'])
})

it('redeems a code once, under StrictMode too, and not again for the same address', async () => {
  const address = pendingSignIn()
  await arriveAt(address)
  expect(screen.getByRole('button', { name: 'Sign out' })).toBeTruthy()
  expect(issuer.requests('/o/token/')).toHaveLength(1)
  cleanup()
  await arriveAt(address)
  expect(screen.getByRole('alert').textContent).toContain('isn’t one we started here')
  expect(issuer.requests('/o/token/')).toHaveLength(1)
})

it('keeps no token in any storage', async () => {
  await arriveAt(pendingSignIn())
  const kept = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])
  expect(kept).not.toMatch(/access-|refresh-|eyJ/)
})

it('says what to do when the server does not answer', async () => {
  const address = pendingSignIn()
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  await arriveAt(address)
  expect(screen.getByRole('alert').textContent).toContain('doesn’t answer')
  expect(screen.getByRole('button', { name: 'Start again' })).toBeTruthy()
})

it('shows a refusal of the backend without the server’s own words', async () => {
  await arriveAt('/?signin_error=<b>hi</b>')
  expect(screen.getByRole('alert').textContent).not.toContain('<b>')
  expect(screen.getByRole('heading', { level: 1 }).textContent).toBe('The server refused the sign-in')
})

it('asks silently once after a reload, and not in circles', async () => {
  localStorage.setItem('gatehouse.way', 'browser')
  sessionStorage.setItem('gatehouse.asked', '1')
  await arriveAt('/')
  expect(screen.getByRole('heading', { name: 'Sign in to see who you are' })).toBeTruthy()
  expect(issuer.seen.some((request) => request.includes('openid-configuration'))).toBe(false)
})
