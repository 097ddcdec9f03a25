import type { Notice } from '../session/types'
import { useOnline, useSession } from '../session/useSession'
import { sentenceOf } from '../session/words'

interface Props {
  readonly notice: Notice | undefined
  readonly until: string | undefined
}

/** Nobody is signed in: the ways to change that, each with the line that tells them apart. */
export function SignedOutPage({ notice, until }: Props) {
  const session = useSession()
  const online = useOnline()
  const backend = session.hasBackend()
  return (
    <section className="card narrow" aria-labelledby="welcome">
      {notice !== undefined && <p className="notice">{sentenceOf(notice, until)}</p>}
      <h1 id="welcome">Sign in to see who you are</h1>
      <p className="muted">
        You type your password at the server and nowhere else; this page learns your name, your roles and what your
        token says.
      </p>
      <ul className="ways">
        <li>
          <button type="button" aria-describedby="browser-way" onClick={() => void session.signIn('browser')}>
            Sign in
          </button>
          <p id="browser-way" className="muted">
            The tokens stay in this browser’s memory, shared by its tabs and gone with the last of them.
          </p>
        </li>
        {backend && (
          <li>
            <button
              type="button"
              className="quiet"
              aria-describedby="backend-way"
              onClick={() => void session.signIn('backend')}
            >
              Sign in through the backend
            </button>
            <p id="backend-way" className="muted">
              The tokens stay on the server side; this browser gets a cookie that no script can read.
            </p>
          </li>
        )}
      </ul>
      {!online && <p className="notice">This device says it is offline. Signing in needs a way to the server.</p>}
    </section>
  )
}
