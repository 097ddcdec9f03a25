import { Hidden, Section, When } from './parts'
import { useAct, useRead } from './useAsk'

interface SignIn {
  readonly id: string
  readonly current: boolean
  readonly browser: string
  readonly system: string
  readonly network: string
  readonly signedInAt: string
  readonly lastSeenAt: string
  readonly clientNames: readonly string[]
}

/** Where one is signed in: end one, the others, or all with every token. */
export function SessionsSection() {
  const read = useRead<{ sessions: { nodes: readonly SignIn[] } | null }>('Sessions')
  const acting = useAct()
  const end = (id: string) => acting.run('endSession', { id }, 'Ending a sign-in', 'That sign-in has ended.')
  const endAll = async (signIns: readonly SignIn[]) => {
    for (const { id } of signIns) if ((await end(id)) === null) break
    read.reload()
  }
  return (
    <Section name="sessions" read={read} acting={acting}>
      {({ sessions }) => {
        if (sessions === null) return <Hidden />
        const others = sessions.nodes.filter(({ current }) => !current)
        return (
          <>
            <ul className="rows">
              {sessions.nodes.map((signIn) => (
                <li key={signIn.id}>
                  <div>
                    <h2>
                      {nameOf(signIn)} {signIn.current && <span className="tag good">this one</span>}
                    </h2>
                    <p className="muted">
                      Last seen <When at={signIn.lastSeenAt} exact />
                      {signIn.network !== '' && <> from {signIn.network}</>}; signed in{' '}
                      <When at={signIn.signedInAt} exact />
                      {signIn.clientNames.length > 0 && <>; uses {signIn.clientNames.join(', ')}</>}
                    </p>
                  </div>
                  {!signIn.current && (
                    <button
                      type="button"
                      className="quiet"
                      disabled={acting.busy}
                      aria-label={`End the sign-in of ${nameOf(signIn)}`}
                      onClick={() => void endAll([signIn])}
                    >
                      End
                    </button>
                  )}
                </li>
              ))}
            </ul>
            <div className="actions">
              {others.length > 1 && (
                <button type="button" className="quiet" disabled={acting.busy} onClick={() => void endAll(others)}>
                  End all others
                </button>
              )}
              <button
                type="button"
                className="quiet"
                disabled={acting.busy}
                onClick={() =>
                  void acting
                    .run('signOutEverywhere', {}, 'Signing out everywhere', 'You are signed out everywhere.')
                    .then((done) => done && read.reload())
                }
              >
                Sign out everywhere, here too
              </button>
            </div>
          </>
        )
      }}
    </Section>
  )
}

function nameOf({ browser, system }: SignIn): string {
  if (browser === '' && system === '') return 'A browser we don’t know'
  return [browser, system].filter((part) => part !== '').join(' on ')
}
