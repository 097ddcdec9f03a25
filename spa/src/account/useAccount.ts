/** The account, fetched when the page is shown and when asked again. */

import { useCallback, useEffect, useState } from 'react'
import { type Problem, asProblem } from '../session/problem'
import { useSession } from '../session/useSession'
import { ACCOUNT, type Account, accountFrom } from './account'

export interface AccountState {
  readonly account: Account | null
  readonly problem: Problem | null
  readonly reload: () => void
}

export function useAccount(): AccountState {
  const session = useSession()
  const [attempt, setAttempt] = useState(0)
  const [state, setState] = useState<Omit<AccountState, 'reload'>>({ account: null, problem: null })

  useEffect(() => {
    let current = true
    session
      .graphql(ACCOUNT)
      .then(accountFrom)
      .then(
        (account) => current && setState({ account, problem: null }),
        (thrown: unknown) => current && setState(({ account }) => ({ account, problem: asProblem(thrown) })),
      )
    return () => {
      current = false
    }
  }, [session, attempt])

  return { ...state, reload: useCallback(() => setAttempt((count) => count + 1), []) }
}
