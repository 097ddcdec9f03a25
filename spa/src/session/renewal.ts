/** Renews the token shortly before it ends, while someone is looking. */

import { renewAt } from './lifetime'
import type { Session } from './session'

const PAUSE_AFTER_FAILURE_MS = 15_000

/** Starts watching; answers what stops it. */
export function keepFresh(session: Session): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  let notBefore = 0

  const check = () => {
    clearTimeout(timer)
    const state = session.state()
    if (state.kind !== 'signed-in' || state.refreshing) return
    if (document.visibilityState !== 'visible') return
    const due = Math.max(renewAt(state.facts), notBefore)
    if (due > Date.now()) {
      timer = setTimeout(check, due - Date.now())
      return
    }
    notBefore = Date.now() + PAUSE_AFTER_FAILURE_MS
    // What went wrong shows where it matters: the countdown reaches its end, or the session is over.
    session.refresh().catch(() => undefined)
  }

  const stop = session.subscribe(check)
  document.addEventListener('visibilitychange', check)
  window.addEventListener('online', check)
  check()
  return () => {
    clearTimeout(timer)
    stop()
    document.removeEventListener('visibilitychange', check)
    window.removeEventListener('online', check)
  }
}
