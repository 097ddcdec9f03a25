/** What all sections are made of. */

import { type FormEvent, type ReactNode, useEffect, useRef } from 'react'
import type { Problem } from '../session/problem'
import { useSession } from '../session/useSession'
import { wordsFor } from '../session/words'
import { SECTIONS, type SectionName } from './sections'
import type { Acting, Read } from './useAsk'

interface SectionProps<M> {
  readonly name: SectionName
  readonly read: Read<M>
  readonly acting?: Acting
  readonly children: (me: M) => ReactNode
}

/** A section with its heading: what came of the last act, then what it shows, or why it shows nothing. */
export function Section<M>({ name, read, acting, children }: SectionProps<M>) {
  const { me, problem, reload } = read
  const heading = useRef<HTMLHeadingElement>(null)
  // whoever came by the menu goes on reading here, and need not go through the menu again
  useEffect(() => {
    if (document.activeElement?.closest('nav')) heading.current?.focus()
  }, [])
  return (
    <section className="card section" aria-labelledby="section" aria-busy={me === null && problem === null}>
      <h1 id="section" tabIndex={-1} ref={heading}>
        {SECTIONS[name]}
      </h1>
      {acting && <OutcomeOf acting={acting} section={name} />}
      {problem !== null && <Unread problem={problem} reload={reload} />}
      {me === null ? problem === null && <p className="muted">One moment…</p> : children(me)}
    </section>
  )
}

/** Says why nothing is shown, and offers to ask again. */
export function Unread({ problem, reload }: { problem: Problem; reload: () => void }) {
  return (
    <div className="banner" role="alert">
      <p>
        <strong>{wordsFor(problem).title}.</strong> {wordsFor(problem).text}
      </p>
      <button type="button" className="quiet" onClick={reload}>
        Try again
      </button>
    </div>
  )
}

function OutcomeOf({ acting: { outcome }, section }: { acting: Acting; section: SectionName }) {
  const session = useSession()
  switch (outcome.kind) {
    case 'none':
      return null
    case 'done':
      return (
        <p className="notice" role="status">
          {outcome.words}
        </p>
      )
    case 'refused':
      return (
        <div className="banner" role="alert">
          {outcome.refusals.map(({ message }) => (
            <p key={message}>{message}</p>
          ))}
        </div>
      )
    case 'problem':
      return (
        <p className="banner" role="alert">
          <strong>{wordsFor(outcome.problem).title}.</strong> {wordsFor(outcome.problem).text}
        </p>
      )
    case 'prove':
      return (
        <div className="banner" role="alert">
          <p>
            <strong>Prove first that it is you.</strong> {outcome.what} needs a sign-in of the last minutes
            {outcome.stepUp.acrValues !== undefined && ', with a second factor'}. You come back here.
          </p>
          <button
            type="button"
            className="quiet"
            onClick={() => void session.proveIt(outcome.stepUp, { section, what: outcome.what })}
          >
            Prove it is you
          </button>
        </div>
      )
  }
}

export function Hidden() {
  return <p className="muted">This sign-in doesn’t let the application see it.</p>
}

const DATE = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' })
const MOMENT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' })

export function When({ at, exact = false }: { at: string; exact?: boolean }) {
  return <time dateTime={at}>{(exact ? MOMENT : DATE).format(new Date(at))}</time>
}

export function Field({ label, ...input }: { label: string } & React.ComponentProps<'input'>) {
  return (
    <label className="field">
      <span>{label}</span>
      <input required {...input} />
    </label>
  )
}

/** A form whose fields are handed over as text; it is emptied when `send` says that it worked. */
export function Form({ send, children }: { send: (of: (name: string) => string) => Promise<boolean>; children: ReactNode }) {
  const submitted = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const data = new FormData(form)
    const of = (name: string) => {
      const value = data.get(name)
      return typeof value === 'string' ? value : ''
    }
    void send(of).then((worked) => {
      if (worked) form.reset()
    })
  }
  return (
    <form className="form" onSubmit={submitted}>
      {children}
    </form>
  )
}
