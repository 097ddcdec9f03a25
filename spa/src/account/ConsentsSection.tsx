import { Hidden, Section, When } from './parts'
import { scopeInWords } from './scopes'
import { useAct, useRead } from './useAsk'

interface Consent {
  readonly id: string
  readonly client: { readonly clientId: string; readonly name: string; readonly selfDescribed: boolean }
  readonly scopes: readonly string[]
  readonly createdAt: string
  readonly updatedAt: string
}

/** What one allowed to whom, and taking it back. */
export function ConsentsSection() {
  const read = useRead<{ consents: { nodes: readonly Consent[] } | null }>('Consents')
  const acting = useAct()
  const answered = read.answer?.data as { validateToken?: { clientId?: string | null } } | undefined
  const here = answered?.validateToken?.clientId
  const revoke = async (id: string, name: string) => {
    const done = await acting.run('revokeConsent', { id }, 'Taking it back', `${name} is allowed nothing any more.`)
    if (done !== null) read.reload()
  }
  return (
    <Section name="consents" read={read} acting={acting}>
      {({ consents }) => {
        if (consents === null) return <Hidden />
        if (consents.nodes.length === 0) return <p className="muted">You allowed nobody anything.</p>
        return (
          <ul className="rows">
            {consents.nodes.map(({ id, client, scopes, createdAt, updatedAt }) => {
              const name = client.name === '' ? client.clientId : client.name
              const own = client.clientId === here
              return (
                <li key={id}>
                  <div>
                    <h2>
                      {name} {client.selfDescribed && <span className="tag">name not verified</span>}
                      {own && <span className="tag">this application</span>}
                    </h2>
                    <ul className="words">
                      {scopes.map((scope) => (
                        <li key={scope}>{scopeInWords(scope)}</li>
                      ))}
                    </ul>
                    <p className="muted">
                      Since <When at={createdAt} />
                      {updatedAt.slice(0, 10) !== createdAt.slice(0, 10) && (
                        <>
                          , widened <When at={updatedAt} />
                        </>
                      )}
                      , until you take it back
                    </p>
                  </div>
                  <button
                    type="button"
                    className="quiet"
                    disabled={acting.busy}
                    aria-label={`${own ? 'Take back and sign out' : 'Take back'}: what ${name} may do`}
                    onClick={() => void revoke(id, name)}
                  >
                    {own ? 'Take back and sign out' : 'Take back'}
                  </button>
                </li>
              )
            })}
          </ul>
        )
      }}
    </Section>
  )
}
