/**
 * What this browser remembers between pages: in which way someone signed in (so that a reload can ask again without
 * showing a form) and the one sentence to show after coming back. No token, no name.
 */

import type { Notice, WayName } from './types'

const WAY = 'gatehouse.way'
const NOTICE = 'gatehouse.notice'
const ASKED = 'gatehouse.asked'

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
