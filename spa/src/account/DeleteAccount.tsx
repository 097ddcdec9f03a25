import { useState } from 'react'
import { useSession } from '../session/useSession'
import { isSameName } from './answers'
import { Field, Form } from './parts'
import type { Acting } from './useAsk'

interface Props {
  /** Null where this sign-in doesn't tell it: then there is nothing to type. */
  readonly username: string | null
  readonly acting: Acting
}

/** Closing one's account: said what it means, opened by one press, done by another with the username typed. */
export function DeleteAccount({ username, acting }: Props) {
  const session = useSession()
  const [wrong, setWrong] = useState(false)
  const send = async (of: (name: string) => string) => {
    const mistyped = username !== null && !isSameName(of('username'), username)
    setWrong(mistyped)
    if (mistyped) return false
    const done = 'Your account is closed.'
    const closed = await acting.run<{ deletionDueAt: string }>('deleteAccount', {}, 'Deleting your account', done)
    if (closed !== null) await session.closed(closed.deletionDueAt)
    return closed !== null
  }
  return (
    <>
      <h2>Delete your account</h2>
      <p>
        You are signed out everywhere at once, and every application loses its access. You are told the day on
        which the account is deleted, with all that is kept here about you: until then, signing in again keeps it.
        Afterwards nobody can bring it back.
      </p>
      <details>
        <summary>Delete it…</summary>
        <Form send={send}>
          {username !== null && (
            <Field
              label={`Type your username, ${username}, to confirm`}
              name="username"
              autoComplete="off"
              autoCapitalize="none"
              spellCheck={false}
              aria-invalid={wrong}
              {...(wrong && { 'aria-describedby': 'not-the-username' })}
            />
          )}
          {wrong && (
            <p id="not-the-username" className="banner" role="alert">
              That is not your username. Nothing has changed.
            </p>
          )}
          <button disabled={acting.busy}>
            Delete my account
          </button>
        </Form>
      </details>
    </>
  )
}
