/** Asking for what a section shows, and doing what it offers. */

import { useCallback, useEffect, useState } from 'react'
import { type GraphQLAnswer, trusted } from '../session/graphql'
import { type Problem, asProblem } from '../session/problem'
import type { StepUp } from '../session/stepUp'
import { useSession } from '../session/useSession'
import { type ActAnswer, type Refusal, actFrom, meFrom } from './answers'

export interface Read<M> {
  readonly me: M | null
  readonly answer: GraphQLAnswer | null
  readonly problem: Problem | null
  readonly reload: () => void
}

/** What the operation of this name tells of the person, asked when the section is shown and when asked again. */
export function useRead<M>(operation: string): Read<M> {
  const session = useSession()
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<Omit<Read<M>, 'reload'>>({ me: null, answer: null, problem: null })

  useEffect(() => {
    let current = true
    session.graphql(trusted(operation)).then(
      (answer) => {
        if (!current) return
        try {
          setState({ me: meFrom<M>(answer), answer, problem: null })
        } catch (thrown) {
          setState((before) => ({ ...before, problem: asProblem(thrown) }))
        }
      },
      (thrown: unknown) => current && setState((before) => ({ ...before, problem: asProblem(thrown) })),
    )
    return () => {
      current = false
    }
  }, [session, operation, attempt])

  return { ...state, reload: useCallback(() => setAttempt((count) => count + 1), []) }
}

export type Outcome =
  | { readonly kind: 'none' }
  | { readonly kind: 'done'; readonly words: string }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'prove'; readonly stepUp: StepUp; readonly what: string }
  | { readonly kind: 'problem'; readonly problem: Problem }

export interface Acting {
  readonly busy: boolean
  readonly outcome: Outcome
  /** Does `what`, by the mutation of this name; the payload, or null where it was not done, and then it is shown why. */
  run<P = unknown>(mutation: string, variables: Record<string, unknown>, what: string, done: string): Promise<P | null>
}

export function useAct(): Acting {
  const session = useSession()
  const [busy, setBusy] = useState(false)
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'none' })

  const run = async <P>(mutation: string, variables: Record<string, unknown>, what: string, done: string) => {
    setBusy(true)
    setOutcome({ kind: 'none' })
    try {
      const operation = mutation.charAt(0).toUpperCase() + mutation.slice(1)
      const answer: ActAnswer<P> = actFrom<P>(await session.graphql(trusted(operation, variables)), mutation)
      if (answer.kind === 'prove') setOutcome({ ...answer, what })
      else if (answer.kind === 'refused') setOutcome(answer)
      else {
        setOutcome({ kind: 'done', words: done })
        return answer.payload
      }
    } catch (thrown) {
      setOutcome({ kind: 'problem', problem: asProblem(thrown) })
    } finally {
      setBusy(false)
    }
    return null
  }
  return { busy, outcome, run }
}
