import { useCallback, useEffect, useRef } from 'react'
import { AccountPage } from '../account/AccountPage'
import type { Problem } from '../session/problem'
import type { Session } from '../session/session'
import type { SessionState } from '../session/types'
import { useBackOnline, useOnline, useSession, useSessionState } from '../session/useSession'
import { sentenceOf, wordsFor } from '../session/words'
import { SignedOutPage } from '../signin/SignedOutPage'
import { Mark } from './Mark'

/** One page, whose content is the state of the session. */
export function App() {
  const session = useSession()
  const state = useSessionState()
  const online = useOnline()
  useBackOnline(
    useCallback(() => {
      const now = session.state()
      if (now.kind === 'error' && now.problem.code === 'unreachable') startAgain(session)
    }, [session]),
  )
  const main = useRef<HTMLElement>(null)
  const shown = useRef(state.kind)

  // What the keyboard was on went away with the old state: put the focus where the new one begins.
  useEffect(() => {
    if (shown.current !== state.kind && shown.current !== 'starting') main.current?.focus({ preventScroll: true })
    shown.current = state.kind
  }, [state.kind])

  return (
    <>
      <header className="bar">
        <a className="brand" href="/">
          <Mark /> Gatehouse
        </a>
        {state.kind === 'signed-in' && (
          <button type="button" className="quiet" onClick={() => void session.signOut()}>
            Sign out
          </button>
        )}
      </header>
      <main ref={main} tabIndex={-1} data-state={state.kind}>
        <Page state={state} online={online} />
      </main>
      <p className="visually-hidden" role="status">
        {announcement(state, online)}
      </p>
    </>
  )
}

function Page({ state, online }: { state: SessionState; online: boolean }) {
  switch (state.kind) {
    case 'starting':
      return <Waiting text="One moment…" />
    case 'signing-in':
      return <Waiting text="Signing you in…" />
    case 'signing-out':
      return <Waiting text="Signing you out…" />
    case 'signed-out':
      return <SignedOutPage notice={state.notice} until={state.until} />
    case 'signed-in':
      return <AccountPage way={state.way} facts={state.facts} refreshing={state.refreshing} />
    case 'error':
      return online || state.problem.code !== 'unreachable' ? <Failed problem={state.problem} /> : <Offline />
  }
}

function Waiting({ text }: { text: string }) {
  return (
    <section className="card narrow waiting" aria-busy="true">
      <span className="spinner" aria-hidden="true" />
      <h1>{text}</h1>
    </section>
  )
}

function Failed({ problem }: { problem: Problem }) {
  const session = useSession()
  const words = wordsFor(problem)
  return (
    <section className="card narrow" role="alert" aria-labelledby="failed">
      <h1 id="failed">{words.title}</h1>
      <p>{words.text}</p>
      <div className="actions">
        <button type="button" onClick={() => startAgain(session)}>
          Start again
        </button>
        <p className="muted">
          Reason: <code>{problem.detail ?? problem.code}</code>
        </p>
      </div>
    </section>
  )
}

function Offline() {
  const session = useSession()
  return (
    <section className="card narrow" aria-labelledby="offline">
      <h1 id="offline">You are offline</h1>
      <p className="muted">The server can’t be reached. This page goes on by itself when you are back.</p>
      <div className="actions">
        <button type="button" className="quiet" onClick={() => startAgain(session)}>
          Try now
        </button>
      </div>
    </section>
  )
}

function startAgain(session: Session): void {
  void session.start(new URL('/', window.location.href))
}

function announcement(state: SessionState, online: boolean): string {
  if (!online) return 'This device says it is offline.'
  switch (state.kind) {
    case 'starting':
    case 'error': // an alert of its own
      return ''
    case 'signing-in':
      return 'Signing you in.'
    case 'signing-out':
      return 'Signing you out.'
    case 'signed-out':
      return state.notice === undefined ? 'Nobody is signed in.' : sentenceOf(state.notice, state.until)
    case 'signed-in':
      return 'You are signed in.'
  }
}
