import type { Facts, Way } from '../session/types'
import { useBackOnline, useOnline } from '../session/useSession'
import { type Person, type Role, displayName } from './account'
import { TokenCard } from './TokenCard'
import { ConsentsSection } from './ConsentsSection'
import { EventsSection } from './EventsSection'
import { FactorsSection } from './FactorsSection'
import { Unread } from './parts'
import { ProfileSection } from './ProfileSection'
import { SECTIONS, type SectionName, useSection } from './sections'
import { SessionsSection } from './SessionsSection'
import { TokensSection } from './TokensSection'
import { useAccount } from './useAccount'

interface Props {
  readonly way: Way
  readonly facts: Facts
  readonly refreshing: boolean
}

/** Signed in: the account, in sections. */
export function AccountPage(props: Props) {
  const { section, wanted } = useSection()
  const online = useOnline()
  return (
    <div className="account">
      <nav aria-label="Your account">
        <ul className="sections">
          {Object.entries(SECTIONS).map(([name, title]) => (
            <li key={name}>
              <a href={`#${name}`} {...(name === section && { 'aria-current': 'page' })}>
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      {!online && (
        <p className="banner" data-state="offline">
          <strong>This device says it is offline.</strong> What you see may be from before; it comes up to date when you
          are back.
        </p>
      )}
      {wanted !== null && (
        <p className="notice" role="status">
          You came back from proving that it is you. Now do it again: {wanted}.
        </p>
      )}
      <Shown section={section} {...props} />
    </div>
  )
}

function Shown({ section, ...props }: Props & { section: SectionName }) {
  switch (section) {
    case 'overview':
      return <Overview {...props} />
    case 'sessions':
      return <SessionsSection />
    case 'consents':
      return <ConsentsSection />
    case 'profile':
      return <ProfileSection />
    case 'factors':
      return <FactorsSection />
    case 'tokens':
      return <TokensSection scope={props.facts.scope} />
    case 'events':
      return <EventsSection />
  }
}

/** Who I am, my roles, and the state of my token. */
function Overview({ way, facts, refreshing }: Props) {
  const { account, problem, reload } = useAccount()
  const online = useOnline()
  useBackOnline(reload)

  return (
    <>
      {online && problem !== null && <Unread problem={problem} reload={reload} />}
      <div className="columns">
        <div className="stack">
          <Identity person={account?.me ?? null} loading={account === null && problem === null} />
          <Roles roles={account?.me?.roles ?? null} loading={account === null && problem === null} />
        </div>
        <TokenCard way={way} facts={facts} refreshing={refreshing} report={account?.validateToken ?? null} />
      </div>
    </>
  )
}

function Identity({ person, loading }: { person: Person | null; loading: boolean }) {
  if (person === null && !loading) {
    return (
      <section className="card" aria-labelledby="who">
        <h1 id="who">You are signed in</h1>
        <p className="muted">Who you are could not be read.</p>
      </section>
    )
  }
  const name = person && displayName(person)
  return (
    <section className="card" aria-labelledby="who" aria-busy={loading}>
      <div className="person">
        <span className="avatar" aria-hidden="true">
          {name && initials(name)}
        </span>
        <div>
          <p className="eyebrow">Signed in as</p>
          <h1 id="who">{name ?? 'Looking you up…'}</h1>
        </div>
      </div>
      {person ? <Known person={person} /> : <NoFactsYet />}
    </section>
  )
}

function Known({ person }: { person: Person }) {
  return (
    <dl className="facts">
      {person.username !== null && (
        <div>
          <dt>Username</dt>
          <dd>{person.username}</dd>
        </div>
      )}
      {person.email !== null && (
        <div>
          <dt>E-mail</dt>
          <dd>
            {person.email} {person.emailVerified !== null && <Verified verified={person.emailVerified} />}
          </dd>
        </div>
      )}
      <div>
        <dt>Subject</dt>
        <dd className="mono">{person.sub}</dd>
      </div>
    </dl>
  )
}

/** As tall as the facts will mostly be, so that nothing below them jumps when they come. */
function NoFactsYet() {
  return (
    <dl className="facts skeleton" aria-hidden="true">
      {['Username', 'E-mail', 'Subject'].map((name) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>
            <span />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Verified({ verified }: { verified: boolean }) {
  return <span className={verified ? 'tag good' : 'tag'}>{verified ? 'verified' : 'not verified'}</span>
}

function Roles({ roles, loading }: { roles: readonly Role[] | null; loading: boolean }) {
  return (
    <section className="card" aria-labelledby="roles" aria-busy={loading}>
      <h2 id="roles">Your roles</h2>
      {loading && <Skeleton lines={2} />}
      {!loading && roles === null && <p className="muted">This sign-in doesn’t let the application see your roles.</p>}
      {roles?.length === 0 && <p className="muted">You hold no role.</p>}
      {roles !== null && roles.length > 0 && (
        <ul className="roles">
          {roles.map((role) => (
            <li key={role.name}>
              <h3>{role.name}</h3>
              {role.description !== '' && <p className="muted">{role.description}</p>}
              {role.scopes.length > 0 && <Scopes label={`Scopes of ${role.name}`} names={role.scopes} />}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

export function Scopes({ label, names }: { label: string; names: readonly string[] }) {
  return (
    <ul className="scopes" aria-label={label}>
      {names.map((name) => (
        <li key={name} className="tag mono">
          {name}
        </li>
      ))}
    </ul>
  )
}

function Skeleton({ lines }: { lines: number }) {
  return (
    <div className="skeleton" aria-hidden="true">
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  )
}

function initials(name: string): string {
  const words = name.trim().split(/\s+/)
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return ends.map((word) => [...(word ?? '')][0] ?? '').join('').toLocaleUpperCase()
}
