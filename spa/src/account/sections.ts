/** The parts of the account page, by their address: `/#sessions`. Each loads what it shows when it is opened. */

import { useEffect, useState } from 'react'
import { forgetReturn, peekReturn } from '../session/memory'

export const SECTIONS = {
  overview: 'Overview',
  sessions: 'Where you are signed in',
  consents: 'What you allowed',
  profile: 'Name and e-mail',
  factors: 'How you sign in',
  tokens: 'Personal access tokens',
  events: 'What has happened',
} as const

export type SectionName = keyof typeof SECTIONS

/** The section that an address names; the overview where it names none. */
export function sectionOf(hash: string): SectionName {
  const name = hash.replace(/^#/, '')
  return Object.hasOwn(SECTIONS, name) ? (name as SectionName) : 'overview'
}

/** The open section, and what somebody wanted there who has just come back from proving who they are. */
export function useSection(): { section: SectionName; wanted: string | null } {
  const [section, setSection] = useState<SectionName>(() => sectionOf(peekReturn()?.section ?? window.location.hash))
  const [wanted, setWanted] = useState(() => peekReturn()?.what ?? null)

  useEffect(() => {
    if (peekReturn() !== null) window.history.replaceState(null, '', `#${section}`)
    forgetReturn()
    const changed = () => {
      setWanted(null)
      setSection(sectionOf(window.location.hash))
    }
    window.addEventListener('hashchange', changed)
    return () => window.removeEventListener('hashchange', changed)
  }, [])

  return { section, wanted }
}
