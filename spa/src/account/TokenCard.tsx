import { useState } from 'react'
import { type Problem, asProblem } from '../session/problem'
import type { Facts, Way } from '../session/types'
import { useSecondsLeft, useSession } from '../session/useSession'
import { clock, spoken, wordsFor } from '../session/words'
import { Scopes } from './AccountPage'
import type { TokenReport } from './account'

interface Props {
  readonly way: Way
  readonly facts: Facts
  readonly refreshing: boolean
  readonly report: TokenReport | null
}

/** The access token: how long it lasts, what the server says of it, and a new one on demand. */
export function TokenCard({ way, facts, refreshing, report }: Props) {
  const session = useSession()
  const left = Math.min(useSecondsLeft(facts.expiresAt), facts.lifetime)
  const [outcome, setOutcome] = useState<'none' | 'renewed' | Problem>('none')

  const refresh = () => {
    if (refreshing) return
    setOutcome('none')
    session.refresh().then(
      () => setOutcome('renewed'),
      (thrown: unknown) => setOutcome(asProblem(thrown)),
    )
  }

  return (
    <section className="card token" aria-labelledby="token">
      <h2 id="token">Your access token</h2>
      <p className="countdown" data-ended={left === 0}>
        <span className="clock" aria-hidden="true">
          {clock(left)}
        </span>
        <span className="visually-hidden">{left === 0 ? 'It has ended.' : `${spoken(left)} left.`}</span>
        <span className="muted" aria-hidden="true">
          {left === 0 ? 'ended' : 'left'}
        </span>
      </p>
      <progress className="life" aria-label="Time left" max={Math.max(facts.lifetime, 1)} value={left} />
      <div className="actions">
        <button type="button" onClick={refresh} aria-disabled={refreshing}>
          {refreshing ? 'Renewing…' : 'Renew now'}
        </button>
        <p className="outcome muted" role="status">
          {outcome === 'renewed' && !refreshing && 'A new token is here.'}
          {typeof outcome === 'object' && !refreshing && `${wordsFor(outcome).title}. ${wordsFor(outcome).text}`}
        </p>
      </div>
      <dl className="facts">
        <div>
          <dt>Kept</dt>
          <dd>
            {way.name === 'browser'
              ? 'in this browser’s memory, never in its storage'
              : 'by the backend; this page never sees it'}
          </dd>
        </div>
        {report?.tokenType === 'DPoP' && (
          <div>
            <dt>Bound</dt>
            <dd>to a key that can’t be copied: who steals the token has nothing</dd>
          </div>
        )}
        {report !== null && (
          <>
            <div>
              <dt>The server says</dt>
              <dd>{report.active ? <span className="tag good">active</span> : <span className="tag">not active</span>}</dd>
            </div>
            {report.clientId !== null && (
              <div>
                <dt>Issued to</dt>
                <dd className="mono">{report.clientId}</dd>
              </div>
            )}
            {report.iss !== null && (
              <div>
                <dt>Issued by</dt>
                <dd className="mono">{report.iss}</dd>
              </div>
            )}
            {report.aud !== null && (
              <div>
                <dt>Meant for</dt>
                <dd className="mono">{report.aud.join(' ')}</dd>
              </div>
            )}
          </>
        )}
        <div>
          <dt>Allows</dt>
          <dd>
            <Scopes label="Scopes of the token" names={report?.scope?.split(' ') ?? facts.scope} />
          </dd>
        </div>
      </dl>
    </section>
  )
}
