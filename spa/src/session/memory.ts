/**
 * What this browser remembers between pages: in which way someone signed in (so that a reload can ask again without
 * showing a form) and the one sentence to show after coming back. No token, no name.
 */

import type { Notice, WayName } from './types'

const WAY = 'gatehouse.way'
const NOTICE = 'gatehouse.notice'
const ASKED = 'gatehouse.asked'
const RETURN = 'gatehouse.return'

export function rememberedWay(): WayName | null {
  const way = localStorage.getItem(WAY)
  return way === 'browser' || way === 'backend' ? way : null
}

export function rememberWay(way: WayName | null): void {
  if (way === null) localStorage.removeItem(WAY)
  else localStorage.setItem(WAY, way)
}

/** Calls `signedOut` when another tab forgot the way: its own tokens are gone, and so should be ours. */
export function onForgotten(signedOut: () => void): void {
  window.addEventListener('storage', ({ key, newValue }) => {
    if (key === WAY && newValue === null) signedOut()
  })
}

/** Where to go on after proving who one is: a section, and in words what was wanted there. Nothing that was typed. */
export interface Return {
  readonly section: string
  readonly what: string
}

export function leaveReturn(to: Return): void {
  sessionStorage.setItem(RETURN, JSON.stringify(to))
}

export function peekReturn(): Return | null {
  try {
    const to = JSON.parse(sessionStorage.getItem(RETURN) ?? 'null') as Partial<Return> | null
    return typeof to?.section === 'string' && typeof to.what === 'string' ? (to as Return) : null
  } catch {
    return null
  }
}

export function forgetReturn(): void {
  sessionStorage.removeItem(RETURN)
}

export function leaveNotice(notice: Notice): void {
  sessionStorage.setItem(NOTICE, notice)
}

export function takeNotice(): Notice | undefined {
  const notice = sessionStorage.getItem(NOTICE)
  sessionStorage.removeItem(NOTICE)
  return notice === 'signed-out' || notice === 'signed-out-here-only' || notice === 'session-ended' ? notice : undefined
}

/** Whether this tab may ask the server silently who is signed in: true once, until someone is. */
export function askSilently(): boolean {
  const asked = sessionStorage.getItem(ASKED) !== null
  sessionStorage.setItem(ASKED, '1')
  return !asked
}

export function mayAskSilently(): void {
  sessionStorage.removeItem(ASKED)
}
