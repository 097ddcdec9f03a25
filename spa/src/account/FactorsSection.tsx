import { useState } from 'react'
import { Field, Form, Hidden, Section, When } from './parts'
import { useAct, useRead } from './useAsk'

interface Passkey {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly lastUsedAt: string | null
}

interface Ways {
  readonly factors: {
    readonly authenticatorApp: { readonly addedAt: string; readonly lastUsedAt: string | null } | null
    readonly passkeys: readonly Passkey[]
    readonly recoveryCodesLeft: number
  } | null
  readonly linkedIdentities: readonly { readonly id: string; readonly provider: string; readonly linkedAt: string }[] | null
}

interface AppSecret {
  readonly secret: string
  readonly uri: string
}

/** By what one signs in. Secrets are in this component's memory for as long as they are shown. */
export function FactorsSection() {
  const read = useRead<Ways>('Factors')
  const acting = useAct()
  const [app, setApp] = useState<AppSecret | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  const issuer = (read.answer?.data as { validateToken?: { iss?: string | null } } | undefined)?.validateToken?.iss ?? null

  const act = async <P,>(mutation: string, variables: Record<string, string>, what: string, done: string) => {
    const payload = await acting.run<P>(mutation, variables, what, done)
    if (payload !== null) read.reload()
    return payload
  }
  const did = async (...args: Parameters<typeof act>) => (await act(...args)) !== null

  return (
    <Section name="factors" read={read} acting={acting}>
      {({ factors, linkedIdentities }) =>
        factors === null ? (
          <Hidden />
        ) : (
          <>
            <h2>Authenticator app</h2>
            {factors.authenticatorApp !== null ? (
              <div className="actions">
                <p>
                  Set up <When at={factors.authenticatorApp.addedAt} />
                </p>
                <button
                  type="button"
                  className="quiet"
                  disabled={acting.busy}
                  onClick={() => void did('removeAuthenticatorApp', {}, 'Removing the app', 'The app is removed.')}
                >
                  Remove the app
                </button>
              </div>
            ) : app === null ? (
              <div className="actions">
                <button
                  type="button"
                  className="quiet"
                  disabled={acting.busy}
                  onClick={() =>
                    void acting
                      .run<AppSecret>('beginAuthenticatorApp', {}, 'Setting up an app', 'Add it to your app now.')
                      .then(setApp)
                  }
                >
                  Set up an app
                </button>
              </div>
            ) : (
              <>
                <p>
                  <a href={app.uri}>Open it in the app of this device</a>, or type this secret into your app:
                </p>
                <p>
                  <code className="secret">{app.secret}</code>
                </p>
                <Form
                  send={async (of) => {
                    const worked = await did(
                      'confirmAuthenticatorApp',
                      { code: of('code') },
                      'Setting up an app',
                      'The app counts from now on.',
                    )
                    if (worked) setApp(null)
                    return worked
                  }}
                >
                  <Field label="The six digits it shows now" name="code" inputMode="numeric" autoComplete="one-time-code" />
                  <button disabled={acting.busy}>Confirm</button>
                </Form>
              </>
            )}

            <h2>Recovery codes</h2>
            {codes !== null && (
              <>
                <p>Keep them where nobody else looks. They are shown this once.</p>
                <ul className="codes" aria-label="Recovery codes">
                  {codes.map((code) => (
                    <li key={code} className="mono">
                      {code}
                    </li>
                  ))}
                </ul>
              </>
            )}
            <div className="actions">
              {codes === null ? (
                <>
                  <p>{factors.recoveryCodesLeft} left</p>
                  <button
                    type="button"
                    className="quiet"
                    disabled={acting.busy}
                    onClick={() =>
                      void act<{ codes: string[] }>(
                        'createRecoveryCodes',
                        {},
                        'Making recovery codes',
                        'Here they are; those from before are dead.',
                      ).then((made) => setCodes(made?.codes ?? null))
                    }
                  >
                    Make new codes
                  </button>
                </>
              ) : (
                <button type="button" className="quiet" onClick={() => setCodes(null)}>
                  I have kept them
                </button>
              )}
            </div>

            <h2>Passkeys</h2>
            <ul className="rows">
              {factors.passkeys.map(({ id, name, createdAt }) => (
                <li key={id}>
                  <div>
                    <h3>{name}</h3>
                    <p className="muted">
                      Made <When at={createdAt} />
                    </p>
                    <Form
                      send={(of) => did('renamePasskey', { id, name: of('name') }, 'Renaming a passkey', 'It is renamed.')}
                    >
                      <Field label={`Another name for ${name}`} name="name" maxLength={64} />
                      <button className="quiet" disabled={acting.busy}>
                        Rename
                      </button>
                    </Form>
                  </div>
                  <button
                    type="button"
                    className="quiet"
                    disabled={acting.busy}
                    aria-label={`Remove the passkey ${name}`}
                    onClick={() => void did('removePasskey', { id }, 'Removing a passkey', 'The passkey is removed.')}
                  >
                    Remove
                  </button>
                </li>
              ))}
            </ul>
            {issuer !== null && (
              <p>
                <a href={`${issuer.replace(/\/$/, '')}/accounts/factors/`}>Add a passkey at the server</a>
              </p>
            )}

            <h2>Other accounts you sign in by</h2>
            {linkedIdentities?.length === 0 && <p className="muted">None is linked.</p>}
            <ul className="rows">
              {linkedIdentities?.map(({ id, provider, linkedAt }) => (
                <li key={id}>
                  <div>
                    <h3>{provider}</h3>
                    <p className="muted">
                      Linked <When at={linkedAt} />
                    </p>
                  </div>
                  <button
                    type="button"
                    className="quiet"
                    disabled={acting.busy}
                    aria-label={`Unlink ${provider}`}
                    onClick={() => void did('unlinkIdentity', { id }, 'Unlinking an account', `${provider} is unlinked.`)}
                  >
                    Unlink
                  </button>
                </li>
              ))}
            </ul>

            <h2>Password</h2>
            <Form
              send={(of) =>
                did(
                  'changePassword',
                  { current: of('current'), new: of('new') },
                  'Changing the password',
                  'Your password is changed; every other sign-in has ended.',
                )
              }
            >
              <Field label="The one you have" name="current" type="password" autoComplete="current-password" />
              <Field label="Another one" name="new" type="password" autoComplete="new-password" />
              <button disabled={acting.busy}>Change it</button>
            </Form>
          </>
        )
      }
    </Section>
  )
}
