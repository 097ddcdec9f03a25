import { Hidden, Section, When } from './parts'
import { useRead } from './useAsk'

interface Happened {
  readonly id: string
  readonly at: string
  readonly event: string
  readonly network: string
  readonly byClient: string
}

/** What happened to the account lately, the newest first. */
export function EventsSection() {
  const read = useRead<{ auditEvents: { nodes: readonly Happened[] } | null }>('Events')
  return (
    <Section name="events" read={read}>
      {({ auditEvents }) =>
        auditEvents === null ? (
          <Hidden />
        ) : (
          <ul className="rows">
            {auditEvents.nodes.map(({ id, at, event, network, byClient }) => (
              <li key={id}>
                <div>
                  <p>{eventInWords(event)}</p>
                  <p className="muted">
                    <When at={at} exact />
                    {network !== '' && <> from {network}</>}
                    {byClient !== '' && <> by {byClient}</>}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        )
      }
    </Section>
  )
}

/** The kind's name as words: more kinds may come. */
export function eventInWords(event: string): string {
  const words = event.toLowerCase().replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}
