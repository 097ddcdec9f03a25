import { useState } from 'react'
import { Field, Form, Hidden, Section, When } from './parts'
import { scopeInWords } from './scopes'
import { useAct, useRead } from './useAsk'

interface Family {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly scopes: readonly string[]
  readonly createdAt: string
  readonly expiresAt: string
}

/** Tokens for one's own programs. A new one is in this component's memory for as long as it is shown. */
export function TokensSection({ scope }: { scope: readonly string[] }) {
  const read = useRead<{ tokenFamilies: { nodes: readonly Family[] } | null }>('Tokens')
  const acting = useAct()
  const [made, setMade] = useState<string | null>(null)

  const make = async (of: (name: string) => string) => {
    const scopes = scope.filter((name) => of(name) !== '')
    const expiresAt = new Date(`${of('until')}T23:59:59Z`).toISOString()
    const payload = await acting.run<{ token: string }>(
      'createPersonalAccessToken',
      { name: of('name'), scopes, expiresAt },
      'Making a token',
      'Here it is: copy it now, it is shown this once.',
    )
    setMade(payload?.token ?? null)
    if (payload !== null) read.reload()
    return payload !== null
  }
  const revoke = async (id: string) => {
    setMade(null)
    if ((await acting.run('endTokenFamily', { id }, 'Revoking a token', 'The token is revoked.')) !== null) read.reload()
  }

  return (
    <Section name="tokens" read={read} acting={acting}>
      {({ tokenFamilies }) => {
        if (tokenFamilies === null) return <Hidden />
        const personal = tokenFamilies.nodes.filter(({ kind }) => kind === 'PERSONAL')
        return (
          <>
            {made !== null && (
              <p>
                <code className="secret">{made}</code>
              </p>
            )}
            {personal.length === 0 && <p className="muted">You have none.</p>}
            <ul className="rows">
              {personal.map(({ id, name, scopes, createdAt, expiresAt }) => (
                <li key={id}>
                  <div>
                    <h2>{name}</h2>
                    <p>{scopes.map(scopeInWords).join('; ')}</p>
                    <p className="muted">
                      Made <When at={createdAt} />, until <When at={expiresAt} />
                    </p>
                  </div>
                  <button
                    type="button"
                    className="quiet"
                    disabled={acting.busy}
                    aria-label={`Revoke ${name}`}
                    onClick={() => void revoke(id)}
                  >
                    Revoke
                  </button>
                </li>
              ))}
            </ul>
            <h2>Make one</h2>
            <Form send={make}>
              <Field label="What to call it" name="name" maxLength={100} />
              <Field label="Until" name="until" type="date" />
              <fieldset>
                <legend>What it may do</legend>
                {scope.map((name) => (
                  <label key={name} className="choice">
                    <input type="checkbox" name={name} /> {scopeInWords(name)}
                  </label>
                ))}
              </fieldset>
              <button disabled={acting.busy}>Make the token</button>
            </Form>
          </>
        )
      }}
    </Section>
  )
}
