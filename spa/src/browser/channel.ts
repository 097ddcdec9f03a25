/** How a page and the vault in the SharedWorker talk: numbered calls one way, answers and changes the other. */

import { Problem, type ProblemCode, asProblem } from '../session/problem'
import type { Facts } from '../session/types'
import type { VaultApi } from './vault'

type Method = keyof VaultApi
type Call = { [M in Method]: { id: number; method: M; args: Parameters<VaultApi[M]> } }[Method]
type Message =
  | { kind: 'value'; id: number; value: unknown }
  | { kind: 'problem'; id: number; code: ProblemCode; detail: string | undefined }
  | { kind: 'change'; facts: Facts | null }

/** Answers a page's calls on `port` with what `vault` does. */
export function serve(port: MessagePort, vault: VaultApi): void {
  port.onmessage = ({ data }: MessageEvent<Call>) => {
    dispatch(vault, data).then(
      (value) => port.postMessage({ kind: 'value', id: data.id, value } satisfies Message),
      (thrown: unknown) => {
        const { code, detail } = asProblem(thrown)
        port.postMessage({ kind: 'problem', id: data.id, code, detail } satisfies Message)
      },
    )
  }
}

/** Tells a page that what is held has changed. */
export function tell(port: MessagePort, facts: Facts | null): void {
  port.postMessage({ kind: 'change', facts } satisfies Message)
}

function dispatch(vault: VaultApi, call: Call): Promise<unknown> {
  switch (call.method) {
    case 'facts':
      return vault.facts()
    case 'begin':
      return vault.begin(...call.args)
    case 'redeem':
      return vault.redeem(...call.args)
    case 'refresh':
      return vault.refresh()
    case 'graphql':
      return vault.graphql(...call.args)
    case 'signOut':
      return vault.signOut()
    case 'forget':
      return vault.forget()
  }
}

/** The vault at the other end of `port`; `changed` hears of every change of what it holds. */
export function remoteVault(port: MessagePort, changed: (facts: Facts | null) => void): VaultApi {
  const waiting = new Map<number, { resolve: (value: never) => void; reject: (problem: Problem) => void }>()
  let last = 0

  port.onmessage = ({ data }: MessageEvent<Message>) => {
    if (data.kind === 'change') return changed(data.facts)
    const call = waiting.get(data.id)
    waiting.delete(data.id)
    if (data.kind === 'value') call?.resolve(data.value as never)
    else call?.reject(new Problem(data.code, data.detail))
  }

  const call = <M extends Method>(method: M, ...args: Parameters<VaultApi[M]>): ReturnType<VaultApi[M]> =>
    new Promise((resolve, reject) => {
      last += 1
      waiting.set(last, { resolve, reject })
      port.postMessage({ id: last, method, args })
    }) as ReturnType<VaultApi[M]>

  return {
    facts: () => call('facts'),
    begin: (silent, stepUp) => call('begin', silent, stepUp),
    redeem: (query, pending) => call('redeem', query, pending),
    refresh: () => call('refresh'),
    graphql: (request) => call('graphql', request),
    signOut: () => call('signOut'),
    forget: () => call('forget'),
  }
}
