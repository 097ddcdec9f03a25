import { DeleteAccount } from './DeleteAccount'
import { Field, Form, Hidden, Section } from './parts'
import { useAct, useRead } from './useAsk'

interface Email {
  readonly address: string
  readonly verified: boolean
  readonly primary: boolean
}

interface Profile {
  readonly username: string | null
  readonly firstName: string | null
  readonly lastName: string | null
  readonly emails: readonly Email[] | null
}

export function ProfileSection() {
  const read = useRead<Profile>('Profile')
  const acting = useAct()
  const act = async (mutation: string, variables: Record<string, string>, what: string, done: string) => {
    const did = (await acting.run(mutation, variables, what, done)) !== null
    if (did) read.reload()
    return did
  }
  return (
    <Section name="profile" read={read} acting={acting}>
      {({ username, firstName, lastName, emails }) => (
        <>
          <h2>Your name</h2>
          {firstName === null ? (
            <Hidden />
          ) : (
            <Form
              key={`${firstName} ${lastName ?? ''}`}
              send={async (of) => {
                const name = { firstName: of('firstName'), lastName: of('lastName') }
                await act('updateProfile', name, 'Changing your name', 'Your name is changed.')
                return false
              }}
            >
              <Field
                label="First name"
                name="firstName"
                defaultValue={firstName}
                autoComplete="given-name"
                required={false}
              />
              <Field
                label="Last name"
                name="lastName"
                defaultValue={lastName ?? ''}
                autoComplete="family-name"
                required={false}
              />
              <button disabled={acting.busy}>Save the name</button>
            </Form>
          )}
          <h2>Your e-mail addresses</h2>
          {emails === null ? <Hidden /> : <Emails emails={emails} busy={acting.busy} act={act} />}
          <DeleteAccount username={username} acting={acting} />
        </>
      )}
    </Section>
  )
}

interface EmailsProps {
  readonly emails: readonly Email[]
  readonly busy: boolean
  act(mutation: string, variables: Record<string, string>, what: string, done: string): Promise<boolean>
}

function Emails({ emails, busy, act }: EmailsProps) {
  return (
    <>
      <ul className="rows">
        {emails.map(({ address, verified, primary }) => (
          <li key={address}>
            <div>
              <h3>
                {address} <span className={verified ? 'tag good' : 'tag'}>{verified ? 'verified' : 'not verified'}</span>{' '}
                {primary && <span className="tag">primary</span>}
              </h3>
              {!verified && (
                <Form
                  send={(of) =>
                    act('verifyEmail', { address, code: of('code') }, 'Verifying an address', `${address} is yours.`)
                  }
                >
                  <Field label={`Code mailed to ${address}`} name="code" autoComplete="one-time-code" />
                  <button disabled={busy} aria-label={`Verify ${address}`}>
                    Verify
                  </button>
                </Form>
              )}
            </div>
            {!primary && (
              <div className="actions">
                {verified && (
                  <button
                    type="button"
                    className="quiet"
                    disabled={busy}
                    aria-label={`Make ${address} primary`}
                    onClick={() =>
                      void act('makeEmailPrimary', { address }, 'Changing the primary address', `${address} is primary.`)
                    }
                  >
                    Make primary
                  </button>
                )}
                <button
                  type="button"
                  className="quiet"
                  disabled={busy}
                  aria-label={`Remove ${address}`}
                  onClick={() => void act('removeEmail', { address }, 'Removing an address', `${address} is removed.`)}
                >
                  Remove
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      <Form
        send={(of) =>
          act('addEmail', { address: of('address') }, 'Adding an address', 'A code was mailed there: type it here.')
        }
      >
        <Field label="Another address" name="address" type="email" autoComplete="email" />
        <button disabled={busy}>Add it</button>
      </Form>
    </>
  )
}
